package io.fengda.answerer;

/** Turns a text into a vector of length 1; the dot of two is near 1 where they mean the same. */
interface SentenceEncoder {
  float[] encode(String text);
}
