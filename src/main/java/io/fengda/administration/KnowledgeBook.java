package io.fengda.administration;

import io.fengda.administration.KnowledgeEvent.EntriesPut;
import io.fengda.administration.KnowledgeEvent.EntriesRemoved;
import io.fengda.administration.KnowledgeEvent.FileTaken;
import io.fengda.knowledge.KnowledgeEntry;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a tenant knows. Immutable.
 *
 * @param version of the last change
 * @param file the fingerprint of the file that was taken last; empty if none was
 * @param fileIds of the entries that were in it
 * @param entries by id
 */
record KnowledgeBook(
    long version, String file, Set<String> fileIds, NavigableMap<String, KnowledgeEntry> entries)
    implements AdministrationMessage {
  KnowledgeBook {
    fileIds = Set.copyOf(fileIds);
    entries = Collections.unmodifiableNavigableMap(entries);
  }

  static KnowledgeBook empty() {
    return new KnowledgeBook(0, "", Set.of(), new TreeMap<>());
  }

  KnowledgeBook after(KnowledgeEvent event) {
    NavigableMap<String, KnowledgeEntry> after = new TreeMap<>(entries);
    return switch (event) {
      case EntriesPut put -> {
        put.entries().forEach(entry -> after.put(entry.id(), entry));
        yield new KnowledgeBook(version + 1, file, fileIds, after);
      }
      case EntriesRemoved removed -> {
        removed.ids().forEach(after::remove);
        yield new KnowledgeBook(version + 1, file, fileIds, after);
      }
      case FileTaken taken ->
          new KnowledgeBook(version + 1, taken.fingerprint(), Set.copyOf(taken.ids()), entries);
    };
  }
}
