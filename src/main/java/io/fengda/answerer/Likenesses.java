package io.fengda.answerer;

import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.tenant.Language;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Finds the entries that are like a question, by meaning and by words. Immutable, thread-safe. */
final class Likenesses {
  private final KnowledgeIndex words;
  private final VectorSearch vectors;
  private final EntryClassifier classifier;

  private Likenesses(KnowledgeIndex words, VectorSearch vectors, EntryClassifier classifier) {
    this.words = words;
    this.vectors = vectors;
    this.classifier = classifier;
  }

  /** From entries in one language, and all their wordings in this order. */
  static Likenesses of(
      Language language, List<KnowledgeEntry> entries, List<EncodedWording> wordings) {
    return new Likenesses(
        KnowledgeIndex.of(language, entries),
        VectorSearch.of(wordings),
        EntryClassifier.learn(wordings, entries.size()));
  }

  KnowledgeIndex words() {
    return words;
  }

  boolean hasLearnt() {
    return classifier.knows();
  }

  List<Likeness> to(String question, float[] vector) {
    Map<Integer, Double> near = vectors.near(vector);
    Map<Integer, Double> common = words.byWords(question);
    TreeSet<Integer> candidates = new TreeSet<>(near.keySet());
    candidates.addAll(common.keySet());
    double farthest = near.values().stream().mapToDouble(cosine -> cosine).min().orElse(0);
    List<Likeness> found = new ArrayList<>(candidates.size());
    for (int entry : candidates) {
      found.add(
          new Likeness(
              entry,
              near.getOrDefault(entry, farthest),
              classifier.decide(vector, entry),
              common.getOrDefault(entry, 0.0)));
    }
    return found;
  }
}
