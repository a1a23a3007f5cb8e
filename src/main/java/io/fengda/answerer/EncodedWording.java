package io.fengda.answerer;

/**
 * One wording of an entry and its meaning.
 *
 * @param entry the entry's number in its index
 */
@SuppressWarnings("ArrayRecordComponent") // Millions of numbers, which nobody writes to.
record EncodedWording(int entry, String text, float[] vector) {}
