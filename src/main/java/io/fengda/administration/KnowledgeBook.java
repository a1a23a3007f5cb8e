package io.fengda.administration;

import io.fengda.administration.KnowledgeEvent.EntriesPut;
import io.fengda.administration.KnowledgeEvent.EntriesRemoved;
import io.fengda.administration.KnowledgeEvent.FileTaken;
import io.fengda.knowledge.KnowledgeEntry;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What a tenant knows. Immutable.
 *
 * @param version of the last change
 * @param file the fingerprint of the file that was taken last; empty if none was
 * @param files the fingerprint of the file that an entry is of, by its id; none for an
 *     administrator's
 * @param entries by id
 */
record KnowledgeBook(
    long version,
    String file,
    Map<String, String> files,
    NavigableMap<String, KnowledgeEntry> entries)
    implements AdministrationMessage {
  KnowledgeBook {
    files = Map.copyOf(files);
    entries = Collections.unmodifiableNavigableMap(entries);
  }

  static KnowledgeBook empty() {
    return new KnowledgeBook(0, "", Map.of(), new TreeMap<>());
  }

  /** Whether an entry is of a file before this one, which it has to give way to. */
  boolean isOfAnotherFile(String id, String fingerprint) {
    String own = files.get(id);
    return own != null && !own.equals(fingerprint);
  }

  KnowledgeBook after(KnowledgeEvent event) {
    if (event instanceof FileTaken taken) {
      return new KnowledgeBook(version + 1, taken.fingerprint(), files, entries);
    }
    NavigableMap<String, KnowledgeEntry> after = new TreeMap<>(entries);
    Map<String, String> filesAfter = new TreeMap<>(files);
    switch (event) {
      case EntriesPut put -> {
        put.yielding().forEach(after::remove);
        put.yielding().forEach(filesAfter::remove);
        for (KnowledgeEntry entry : put.entries()) {
          after.put(entry.id(), entry);
          if (put.file().isEmpty()) {
            filesAfter.remove(entry.id());
          } else {
            filesAfter.put(entry.id(), put.file());
          }
        }
      }
      case EntriesRemoved removed -> {
        removed.ids().forEach(after::remove);
        removed.ids().forEach(filesAfter::remove);
      }
      case FileTaken taken -> throw new IllegalStateException("seen to before: " + taken);
    }
    return new KnowledgeBook(version + 1, file, filesAfter, after);
  }
}
