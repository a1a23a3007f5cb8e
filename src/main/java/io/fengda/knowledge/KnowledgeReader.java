package io.fengda.knowledge;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Entries one after the other, as they come; what is wrong with one keeps no other away. */
public sealed interface KnowledgeReader permits JsonLinesReader, CsvReader {
  /** An entry, or what is wrong with it. */
  sealed interface Line {
    /** Counted from 1. */
    int number();

    record Good(int number, KnowledgeEntry entry) implements Line {}

    record Bad(int number, String fault) implements Line {}
  }

  /** The next one; null behind the last. */
  @Nullable Line next() throws IOException;

  /** Of JSON lines, see {@link KnowledgeFile}. */
  static KnowledgeReader ofJsonLines(InputStream in) {
    return new JsonLinesReader(new BufferedInputStream(in, 1 << 16));
  }

  /**
   * Of a table (RFC 4180) in UTF-8, whose first row names the columns as the fields of a JSON line;
   * alternatives are one column, separated by {@code |}; a column that is missing is empty.
   */
  static KnowledgeReader ofCsv(InputStream in) {
    return new CsvReader(in);
  }
}
