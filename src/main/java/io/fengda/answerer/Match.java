package io.fengda.answerer;

import io.fengda.knowledge.KnowledgeEntry;

/**
 * The entry nearest to a question.
 *
 * @param confidence from 0, nothing in common, to 1, the same question
 */
public record Match(KnowledgeEntry entry, double confidence) {}
