package io.fengda.knowledge;

import io.fengda.tenant.Language;
import java.util.List;
import java.util.stream.Stream;

/**
 * One thing a tenant knows: a question, other ways to ask it, and the answer to all of them.
 *
 * @param id names the entry within its tenant
 * @param question at most {@link #QUESTION_CODE_POINTS_MAX} code points
 * @param alternatives other wordings, at most {@link #ALTERNATIVES_MAX}, each bounded like the
 *     question; may be empty
 * @param answer at most {@link #ANSWER_BYTES_MAX} bytes of UTF-8
 * @param source where the answer comes from, as shown in a citation; may be empty
 */
public record KnowledgeEntry(
    String id,
    Language language,
    String question,
    List<String> alternatives,
    String answer,
    String source) {
  public static final int QUESTION_CODE_POINTS_MAX = 512;
  public static final int ANSWER_BYTES_MAX = 8 * 1024;
  public static final int ALTERNATIVES_MAX = 500;

  /** Of all texts together. */
  public static final int CHARS_MAX = 40_000;

  public KnowledgeEntry {
    alternatives = List.copyOf(alternatives);
  }

  /** The question and the alternatives. */
  public List<String> wordings() {
    return Stream.concat(Stream.of(question), alternatives.stream()).toList();
  }

  /**
   * The question without what makes no difference: no two entries of a language may ask the same.
   */
  public String normalQuestion() {
    return NormalForm.of(question);
  }

  /** The length of all its texts. */
  public int chars() {
    return id.length()
        + answer.length()
        + source.length()
        + wordings().stream().mapToInt(String::length).sum();
  }
}
