package io.fengda.knowledge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Entries of JSON lines. */
final class JsonLinesReader implements KnowledgeReader {
  private final InputStream in;
  private int number;
  private boolean ended;

  JsonLinesReader(InputStream in) {
    this.in = in;
  }

  @Override
  public @Nullable Line next() throws IOException {
    while (!ended) {
      number++;
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      boolean fits = readLine(line);
      if (!fits) {
        return new Line.Bad(
            number, "the line has more than %d bytes".formatted(KnowledgeFile.LINE_BYTES_MAX));
      }
      try {
        Optional<KnowledgeEntry> entry = KnowledgeLine.parse(line.toByteArray());
        if (entry.isPresent()) {
          return new Line.Good(number, entry.get());
        }
      } catch (KnowledgeLine.Fault fault) {
        return new Line.Bad(number, fault.getMessage());
      }
    }
    return null;
  }

  /** Whether the line is no longer than it may be; the rest of one that is longer is skipped. */
  private boolean readLine(ByteArrayOutputStream line) throws IOException {
    int next = in.read();
    boolean fits = true;
    while (next >= 0 && next != '\n') {
      fits &= line.size() < KnowledgeFile.LINE_BYTES_MAX;
      if (fits) {
        line.write(next);
      }
      next = in.read();
    }
    ended = next < 0;
    return fits;
  }
}
