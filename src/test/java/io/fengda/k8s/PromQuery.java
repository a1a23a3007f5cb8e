package io.fengda.k8s;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a PromQL expression is about.
 *
 * @param series each metric with its matchers
 * @param grouped labels that it is grouped or joined by
 */
record PromQuery(List<Series> series, Set<String> grouped) {
  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "offset", "inf", "nan", "start", "end");

  private static final Set<String> GROUPING =
      Set.of("by", "without", "on", "ignoring", "group_left", "group_right");

  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<range>\\[[^]]*])"
              + "|(?<labels>\\{[^}]*})"
              + "|(?<number>\\d[\\w.]*)"
              + "|(?<word>[A-Za-z_:][\\w:]*)"
              + "|(?<text>\"(?:[^\"\\\\]|\\\\.)*\")"
              + "|(?<sign>[-+*/%^(),@]|[=!<>]=?)"
              + "|(?<space>\\s+)");

  private static final Pattern MATCHER =
      Pattern.compile("\\s*([A-Za-z_]\\w*)\\s*(=~|!~|!=|=)\\s*\"((?:[^\"\\\\]|\\\\.)*)\"\\s*,?");

  /** A metric's name and the labels that it is picked by. */
  record Series(String metric, List<LabelMatcher> matchers) {}

  /** A label, an operator of {@code = != =~ !~}, and a value. */
  record LabelMatcher(String label, String operator, String value) {}

  private record Token(String kind, String text) {}

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException for what is no PromQL
   */
  static PromQuery parse(String query) {
    List<Token> tokens = tokens(query);
    List<Series> series = new ArrayList<>();
    Set<String> grouped = new TreeSet<>();
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (!token.kind().equals("word") || WORDS.contains(token.text())) {
        continue;
      }
      if (GROUPING.contains(token.text())) {
        i = readLabels(tokens, i + 1, grouped);
      } else if (!isFunction(tokens, i)) {
        Token next = i + 1 < tokens.size() ? tokens.get(i + 1) : new Token("end", "");
        series.add(
            new Series(
                token.text(), next.kind().equals("labels") ? matchers(next.text()) : List.of()));
      }
    }
    if (series.isEmpty()) {
      throw new IllegalArgumentException("no metric in " + query);
    }
    return new PromQuery(series, grouped);
  }

  private static boolean isFunction(List<Token> tokens, int at) {
    return at + 1 < tokens.size()
        && (tokens.get(at + 1).text().equals("(") || GROUPING.contains(tokens.get(at + 1).text()));
  }

  /** Of {@code (a, b)}; where its closing bracket is. */
  private static int readLabels(List<Token> tokens, int open, Set<String> labels) {
    int i = open;
    while (!tokens.get(i).text().equals(")")) {
      if (tokens.get(i).kind().equals("word")) {
        labels.add(tokens.get(i).text());
      }
      i++;
    }
    return i;
  }

  private static List<LabelMatcher> matchers(String braces) {
    String inside = braces.substring(1, braces.length() - 1);
    List<LabelMatcher> matchers = new ArrayList<>();
    Matcher matcher = MATCHER.matcher(inside);
    int end = 0;
    while (matcher.find() && matcher.start() == end) {
      matchers.add(new LabelMatcher(matcher.group(1), matcher.group(2), matcher.group(3)));
      end = matcher.end();
    }
    if (!inside.substring(end).isBlank()) {
      throw new IllegalArgumentException("no label matcher: " + inside.substring(end));
    }
    return matchers;
  }

  private static List<Token> tokens(String query) {
    List<Token> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(query);
    int open = 0;
    int end = 0;
    while (matcher.find() && matcher.start() == end) {
      end = matcher.end();
      for (String kind : TOKEN.namedGroups().keySet()) {
        String text = matcher.group(kind);
        if (text != null && !kind.equals("space")) {
          tokens.add(new Token(kind, text));
          open += text.equals("(") ? 1 : text.equals(")") ? -1 : 0;
        }
      }
    }
    if (end != query.length() || open != 0) {
      throw new IllegalArgumentException("no PromQL from character " + end + ": " + query);
    }
    return tokens;
  }
}
