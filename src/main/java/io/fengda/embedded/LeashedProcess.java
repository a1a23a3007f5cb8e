package io.fengda.embedded;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** A child process that the terminal's Ctrl-C does not reach and that does not outlive this JVM. */
final class LeashedProcess {
  private static final Duration STOP_MAX = Leash.PATIENCE.plusSeconds(2);
  private static final Redirect NOTHING = Redirect.from(new File("/dev/null"));

  private final Process process;
  private final Leash leash;
  private volatile boolean stopping;

  private LeashedProcess(Process process, Leash leash) {
    this.process = process;
    this.leash = leash;
  }

  /** Starts the command, its input empty unless the builder says otherwise. */
  static LeashedProcess start(ProcessBuilder builder, StopSignals signals) throws IOException {
    if (builder.redirectInput().equals(Redirect.PIPE)) {
      builder.redirectInput(NOTHING);
    }
    builder.command(Session.detach(builder.command())).redirectErrorStream(true);
    Leash leash = Leash.open(signals);
    try {
      return hold(builder.start(), leash);
    } catch (IOException e) {
      leash.pull();
      throw e;
    }
  }

  private static LeashedProcess hold(Process process, Leash leash) throws IOException {
    try {
      leash.hold(process.pid());
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
    var unused = process.onExit().thenRun(leash::release);
    return new LeashedProcess(process, leash);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Returns when the service is ready; stops it and throws if it ends before or takes longer. */
  void requireReady(Duration max, BooleanSupplier ready, Supplier<EmbeddedStartException> failure)
      throws InterruptedException {
    boolean isReady = false;
    try {
      isReady = Probe.until(max, () -> !isAlive() || ready.getAsBoolean()) && isAlive();
    } finally {
      if (!isReady) {
        stop();
      }
    }
    if (!isReady) {
      throw failure.get();
    }
  }

  /** The exit status; stops a process that takes longer. */
  int await(Duration max) throws InterruptedException, IOException {
    try {
      if (!process.waitFor(max.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("a step takes longer than " + max.toSeconds() + " s");
      }
      return process.exitValue();
    } finally {
      stop();
    }
  }

  /** Calls with the exit status when the process ends though nobody stopped it. */
  void whenItEndsByItself(IntConsumer callback) {
    var unused =
        process
            .onExit()
            .thenAccept(
                ended -> {
                  if (!stopping) {
                    callback.accept(ended.exitValue());
                  }
                });
  }

  /** Stops the process and waits for its end: at most 12 s, the last two after the last signal. */
  void stop() {
    stopping = true;
    if (!process.isAlive()) {
      leash.release();
      return;
    }
    leash.pull();
    if (!endsWithin(STOP_MAX)) {
      process.destroyForcibly();
      var unused = endsWithin(STOP_MAX);
    }
  }

  private boolean endsWithin(Duration max) {
    CompletableFuture<Boolean> ended = process.onExit().thenApply(exited -> true);
    return ended.completeOnTimeout(false, max.toMillis(), TimeUnit.MILLISECONDS).join();
  }
}
