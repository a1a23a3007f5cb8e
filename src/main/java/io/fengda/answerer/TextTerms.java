package io.fengda.answerer;

import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.knowledge.NormalForm;
import io.fengda.tenant.Language;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.cn.smart.SmartChineseAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/**
 * The terms of a text: the words that its language's analyzer finds and, in Chinese, each Han
 * character and each two neighbours. Safe for use by many threads.
 *
 * <p>The characters are there because a short question gives the analyzer little to go by: it cuts
 * the same phrase differently in different questions.
 */
final class TextTerms {
  /** Bounds what a long text costs; twice the longest question that a tenant may know. */
  static final int TEXT_CHARS_MAX = 2 * KnowledgeEntry.QUESTION_CODE_POINTS_MAX;

  // Shared by all tenants: an analyzer keeps its working memory for every thread that used it.
  private static final TextTerms CHINESE = new TextTerms(new SmartChineseAnalyzer(), true);
  private static final TextTerms ENGLISH = new TextTerms(new EnglishAnalyzer(), false);

  private final Analyzer analyzer;
  private final boolean characters;

  private TextTerms(Analyzer analyzer, boolean characters) {
    this.analyzer = analyzer;
    this.characters = characters;
  }

  static TextTerms of(Language language) {
    return switch (language) {
      case ZH -> CHINESE;
      case EN -> ENGLISH;
    };
  }

  /** How often each term is in the first {@value #TEXT_CHARS_MAX} characters of a text. */
  Map<String, Integer> in(String text) {
    String bounded = bounded(NormalForm.compatible(text));
    Map<String, Integer> counts = words(bounded);
    if (characters) {
      addCharacters(NormalForm.of(bounded), counts);
    }
    return counts;
  }

  private Map<String, Integer> words(String text) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    try (TokenStream tokens = analyzer.tokenStream("text", text)) {
      CharTermAttribute term = tokens.getAttribute(CharTermAttribute.class);
      tokens.reset();
      while (tokens.incrementToken()) {
        counts.merge(term.toString(), 1, Integer::sum);
      }
      tokens.end();
    } catch (IOException e) {
      throw new UncheckedIOException("a string could not be read", e);
    }
    return counts;
  }

  /** Adds what is not a word already; a word of one or two characters counts once. */
  private static void addCharacters(String text, Map<String, Integer> counts) {
    int[] codePoints = text.codePoints().toArray();
    for (int i = 0; i < codePoints.length; i++) {
      if (Character.isIdeographic(codePoints[i])) {
        counts.putIfAbsent(Character.toString(codePoints[i]), 1);
        if (i + 1 < codePoints.length && Character.isIdeographic(codePoints[i + 1])) {
          counts.putIfAbsent(new String(codePoints, i, 2), 1);
        }
      }
    }
  }

  private static String bounded(String text) {
    return text.substring(0, Math.min(text.length(), TEXT_CHARS_MAX));
  }
}
