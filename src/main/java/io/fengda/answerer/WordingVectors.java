package io.fengda.answerer;

import io.fengda.tenant.Language;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The models, each loaded when it is first needed, and the vectors of wordings, kept so that
 * knowledge that changes encodes only what is new. Thread-safe.
 */
final class WordingVectors {
  private final Map<Language, SentenceEncoder> encoders = new ConcurrentHashMap<>();
  private final Map<Wording, float[]> known = new ConcurrentHashMap<>();

  /** A text in its language, whose model encodes it. */
  record Wording(Language language, String text) {}

  float[] of(Language language, String text) {
    return known.computeIfAbsent(new Wording(language, text), one -> encode(language, text));
  }

  boolean has(Wording wording) {
    return known.containsKey(wording);
  }

  /** The vector of a question, which is not kept. */
  float[] encode(Language language, String text) {
    return encoders.computeIfAbsent(language, OnnxEncoder::load).encode(text);
  }

  /** Forgets all others. */
  void retain(Set<Wording> used) {
    known.keySet().retainAll(used);
  }
}
