package io.fengda.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hold on one process that ends it when this JVM lets go: on purpose, or because the JVM died.
 *
 * <p>A small shell in a session of its own reads a pipe that only this JVM writes to. A process id
 * on it is what to hold; a second line says that the process has ended by itself; the end of the
 * pipe, which the kernel brings about even after {@code kill -9}, is the order to stop it.
 */
final class Leash {
  /** How long the first signal has before the second one follows. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(Leash.class);

  private static final String WATCH =
      """
      trap '' HUP INT QUIT TERM
      read -r pid || exit 0
      read -r ended && exit 0
      kill -"$1" "$pid" 2>/dev/null || exit 0
      tenths=0
      while kill -0 "$pid" 2>/dev/null; do
        [ "$tenths" -lt "$3" ] || { kill -"$2" "$pid" 2>/dev/null; exit 0; }
        sleep 0.1
        tenths=$((tenths + 1))
      done
      """;

  private final OutputStream pipe;

  private Leash(OutputStream pipe) {
    this.pipe = pipe;
  }

  /** A leash that holds nothing yet. */
  static Leash open(StopSignals signals) throws IOException {
    return open(signals, PATIENCE);
  }

  /** A leash with its own patience, counted in tenths of a second. */
  static Leash open(StopSignals signals, Duration patience) throws IOException {
    String tenths = Long.toString(patience.toMillis() / 100);
    List<String> watch =
        List.of("sh", "-c", WATCH, "fengda-leash", signals.first(), signals.last(), tenths);
    Process watcher =
        new ProcessBuilder(Session.detach(watch))
            .directory(new File("/"))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
    return new Leash(watcher.getOutputStream());
  }

  /** Stops a service of an earlier engine and waits: at most 12 s, then it throws. */
  static void stopLeftBehind(String service, ProcessHandle process, StopSignals signals)
      throws IOException, InterruptedException {
    log.warn(
        "{} of an earlier engine still runs as process {}: stopping it", service, process.pid());
    Leash leash = open(signals);
    leash.hold(process.pid());
    leash.pull();
    if (!Probe.until(PATIENCE.plusSeconds(2), () -> Probe.hasEnded(process))) {
      throw EmbeddedStartException.of(
          "%s of an earlier engine (process %d) does not stop: end it or set %s"
              .formatted(service, process.pid(), Folders.SETTING));
    }
  }

  /** Holds the process from now on; once for a leash. */
  void hold(long pid) throws IOException {
    write(pid + "\n");
  }

  /** Stops the process that it holds, without waiting for it; nothing if it was let go before. */
  synchronized void pull() {
    try {
      pipe.close();
    } catch (IOException e) {
      log.debug("The watching shell has ended before its pipe.", e);
    }
  }

  /** Lets go of a process that has ended, so that its id may be given to another. */
  synchronized void release() {
    try {
      write("ended\n");
    } catch (IOException e) {
      log.trace("The leash was pulled before.", e);
    }
    pull();
  }

  private synchronized void write(String line) throws IOException {
    pipe.write(line.getBytes(US_ASCII));
    pipe.flush();
  }
}
