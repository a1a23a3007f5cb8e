package io.fengda.administration;

import io.fengda.knowledge.KnowledgeEntry;
import java.time.Instant;
import java.util.List;

/**
 * What happened to a tenant's knowledge, by whom and when. The classes' names are in the journal's
 * rows and never change.
 */
public sealed interface KnowledgeEvent extends AdministrationMessage {
  /**
   * Entries that are new, or take the place of those of the same ids.
   *
   * @param file the fingerprint of the file that they are of; empty if an administrator wrote them
   * @param yielding ids of entries of files before that asked the same question, and go
   */
  record EntriesPut(
      List<KnowledgeEntry> entries, String file, List<String> yielding, String by, Instant at)
      implements KnowledgeEvent {}

  record EntriesRemoved(List<String> ids, String by, Instant at) implements KnowledgeEvent {}

  /**
   * All of a file was put.
   *
   * @param fingerprint of the file's entries
   */
  record FileTaken(String fingerprint, Instant at) implements KnowledgeEvent {}
}
