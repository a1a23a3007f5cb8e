package io.fengda.administration;

import io.fengda.knowledge.KnowledgeEntry;
import java.time.Instant;
import java.util.List;

/**
 * What happened to a tenant's knowledge, by whom and when. The classes' names are in the journal's
 * rows and never change.
 */
public sealed interface KnowledgeEvent extends AdministrationMessage {
  /** Entries that are new, or take the place of those of the same ids. */
  record EntriesPut(List<KnowledgeEntry> entries, String by, Instant at)
      implements KnowledgeEvent {}

  record EntriesRemoved(List<String> ids, String by, Instant at) implements KnowledgeEvent {}

  /**
   * All of a file was put.
   *
   * @param fingerprint of the file's entries
   * @param ids of them: the next file takes away those that it does not have
   */
  record FileTaken(String fingerprint, List<String> ids, Instant at) implements KnowledgeEvent {}
}
