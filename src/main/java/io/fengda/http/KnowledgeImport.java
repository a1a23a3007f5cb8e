package io.fengda.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.administration.Administration;
import io.fengda.administration.KnowledgeAdministration;
import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.knowledge.KnowledgeReader;
import io.fengda.telemetry.LogAbout;
import io.fengda.tenant.TenantId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One import, on a thread of its own: it reads as fast as the registry takes. */
final class KnowledgeImport {
  private static final Logger log = LoggerFactory.getLogger(KnowledgeImport.class);

  /** Lines of the report; what is beyond is counted. */
  private static final int REJECTIONS_MAX = 1_000;

  private static final int REASON_LENGTH_MAX = 300;
  private static final int TRIES_MAX = 3;

  /** However slowly it comes. */
  private static final Duration TIME_MAX = Duration.ofMinutes(15);

  private final Administration administration;
  private final TenantId tenant;
  private final Administrator administrator;
  private final Clock clock = Clock.systemUTC();
  private final Instant endsAt = clock.instant().plus(TIME_MAX);
  private final Format format;
  private final boolean replace;
  private final List<KnowledgeEntry> piece = new ArrayList<>();
  private final Map<String, Integer> lines = new HashMap<>();
  private final Set<String> accepted = new HashSet<>();
  private final List<Rejection> rejections = new ArrayList<>();
  private int pieceChars;
  private int read;
  private int rejected;
  private int removed;
  private long version;

  /** How entries are written. */
  enum Format {
    JSON_LINES,
    CSV
  }

  private record Rejection(int line, String id, String reason) {}

  /**
   * Makes one that has not begun.
   *
   * @param replace whether entries that are not in it are removed at its end
   */
  KnowledgeImport(
      Administration administration,
      TenantId tenant,
      Administrator administrator,
      Format format,
      boolean replace) {
    this.administration = administration;
    this.tenant = tenant;
    this.administrator = administrator;
    this.format = format;
    this.replace = replace;
  }

  /** Reads all and says how far it is; closes both. */
  void run(InputStream in, OutputStream out) {
    try (in;
        out) {
      try {
        read(in, out);
        flush(out);
        ObjectNode report;
        if (replace && rejected > 0) {
          report = report("done").put("detail", "nothing is deleted, as lines were rejected");
        } else {
          if (replace) {
            removeOthers();
          }
          report = report("done");
        }
        write(out, report);
      } catch (CompletionException | IOException e) {
        LogAbout.tenant(log.atWarn(), tenant.value())
            .log("an import broke off: {}", e.getClass().getName());
        write(
            out,
            report("broken-off")
                .put("detail", "what was accepted stays; send the whole file again"));
      }
    } catch (IOException e) {
      LogAbout.tenant(log.atInfo(), tenant.value())
          .log("an import lost its sender: {}", e.toString());
    }
  }

  private void read(InputStream in, OutputStream out) throws IOException {
    KnowledgeReader reader =
        switch (format) {
          case JSON_LINES -> KnowledgeReader.ofJsonLines(in);
          case CSV -> KnowledgeReader.ofCsv(in);
        };
    for (KnowledgeReader.Line line = reader.next(); line != null; line = reader.next()) {
      read++;
      switch (line) {
        case KnowledgeReader.Line.Good(int number, KnowledgeEntry entry) -> {
          if (piece.size() >= KnowledgeAdministration.PIECE_MAX
              || pieceChars + entry.chars() > KnowledgeAdministration.PIECE_CHARS_MAX) {
            flush(out);
          }
          take(number, entry);
        }
        case KnowledgeReader.Line.Bad(int number, String fault) -> reject(number, "", fault);
      }
    }
  }

  private void take(int number, KnowledgeEntry entry) {
    Integer before = lines.putIfAbsent(entry.id(), number);
    if (before != null) {
      reject(number, entry.id(), "the id is already on line " + before);
      return;
    }
    piece.add(entry);
    pieceChars += entry.chars();
  }

  private void reject(int line, String id, String reason) {
    rejected++;
    if (rejections.size() < REJECTIONS_MAX) {
      rejections.add(
          new Rejection(
              line, id, reason.substring(0, Math.min(reason.length(), REASON_LENGTH_MAX))));
    }
  }

  /** Whoever may no longer administer, or takes too long, brings in nothing more. */
  private void requireRight() throws IOException {
    Instant now = clock.instant();
    boolean isServed = administration.find(tenant).filter(one -> !one.suspended()).isPresent();
    if (!isServed || now.isAfter(endsAt) || now.isAfter(administrator.validUntil())) {
      throw new IOException("the tenant, the token or the time is over");
    }
  }

  /** To put the same again does no harm. */
  private KnowledgeAdministration.Result put() {
    for (int tries = 1; ; tries++) {
      try {
        return administration
            .knowledge()
            .put(tenant, List.copyOf(piece), administrator.name())
            .toCompletableFuture()
            .join();
      } catch (CompletionException e) {
        if (tries == TRIES_MAX) {
          throw e;
        }
      }
    }
  }

  private void flush(OutputStream out) throws IOException {
    requireRight();
    if (!piece.isEmpty()) {
      KnowledgeAdministration.Result result = put();
      version = result.version();
      for (KnowledgeEntry entry : piece) {
        String reason = result.rejected().get(entry.id());
        if (reason == null) {
          accepted.add(entry.id());
        } else {
          reject(lines.getOrDefault(entry.id(), 0), entry.id(), reason);
        }
      }
    }
    piece.clear();
    pieceChars = 0;
    write(out, progress("reading"));
  }

  /** Entries of before that were not in the file. */
  private void removeOthers() {
    List<String> others = new ArrayList<>();
    String after = "";
    boolean more = true;
    while (more) {
      KnowledgeAdministration.Page page =
          administration
              .knowledge()
              .list(tenant, after, "", KnowledgeAdministration.PIECE_MAX)
              .toCompletableFuture()
              .join();
      page.entries().stream()
          .map(KnowledgeEntry::id)
          .filter(id -> !lines.containsKey(id))
          .forEach(others::add);
      more = page.more();
      after = page.entries().isEmpty() ? after : page.entries().getLast().id();
    }
    for (int from = 0; from < others.size(); from += KnowledgeAdministration.PIECE_MAX) {
      List<String> some =
          others.subList(from, Math.min(others.size(), from + KnowledgeAdministration.PIECE_MAX));
      version =
          administration
              .knowledge()
              .remove(tenant, List.copyOf(some), administrator.name())
              .toCompletableFuture()
              .join()
              .version();
      removed += some.size();
    }
  }

  private ObjectNode progress(String state) {
    return Json.object()
        .put("state", state)
        .put("read", read)
        .put("accepted", accepted.size())
        .put("rejected", rejected);
  }

  private ObjectNode report(String state) {
    ObjectNode json = progress(state).put("removed", removed).put("version", version);
    ArrayNode array = json.putArray("rejections");
    rejections.forEach(
        rejection ->
            array
                .addObject()
                .put("line", rejection.line())
                .put("id", rejection.id())
                .put("reason", rejection.reason()));
    return json;
  }

  private static void write(OutputStream out, ObjectNode json) throws IOException {
    out.write((Json.write(json) + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
