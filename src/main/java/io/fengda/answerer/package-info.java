/**
 * The vendor that ships with Fengda: a gRPC server that answers from the tenant's own knowledge.
 *
 * <p>{@link io.fengda.answerer.KnowledgeFile} reads a tenant's questions and answers, {@link
 * io.fengda.answerer.KnowledgeIndex} finds the entry nearest to a question, {@link
 * io.fengda.answerer.Answerer} speaks {@code fengda.nlp.v1}, and {@link
 * io.fengda.answerer.AnswererServer} binds it to a port.
 */
@NullMarked
package io.fengda.answerer;

import org.jspecify.annotations.NullMarked;
