package io.fengda.answerer;

/**
 * How like an entry a question is, by each of the ways to see it.
 *
 * @param entry the entry's number in its index
 * @param meaning how near its nearest wordings are, about 0 to 1
 * @param learnt what the {@link EntryClassifier} decides, about -1 to 1
 * @param words the {@link Evidence} of common words, 0 to 1
 */
record Likeness(int entry, double meaning, double learnt, double words) {}
