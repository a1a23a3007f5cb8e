package io.fengda.answerer;

import io.fengda.tenant.Language;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps the vectors of wordings, so that knowledge that changes encodes only what is new. */
final class WordingVectors {
  private final Map<Wording, float[]> known = new ConcurrentHashMap<>();

  /** A text in its language, whose model encodes it. */
  record Wording(Language language, String text) {}

  float[] of(Language language, String text) {
    return known.computeIfAbsent(
        new Wording(language, text), one -> OnnxEncoder.of(language).encode(text));
  }

  /** Forgets all others. */
  void retain(Set<Wording> used) {
    known.keySet().retainAll(used);
  }

  int size() {
    return known.size();
  }
}
