package io.fengda.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes that stand still until it is closed.
 *
 * <p>A small shell holds them: it lets them go on when its input ends, which the kernel brings
 * about even when this JVM is killed, so that they can notice and end.
 */
final class Freeze implements AutoCloseable {
  private static final String HOLD =
      """
      trap '' HUP INT QUIT TERM
      kill -STOP "$@"
      echo frozen
      read -r end
      kill -CONT "$@"
      """;

  private final Process shell;

  private Freeze(Process shell) {
    this.shell = shell;
  }

  static Freeze of(List<Long> pids) {
    List<String> command = new ArrayList<>(List.of("sh", "-c", HOLD, "fengda-freeze"));
    pids.forEach(pid -> command.add(pid.toString()));
    try {
      Process shell =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      BufferedReader output = shell.inputReader();
      if (!"frozen".equals(output.readLine())) {
        throw new IllegalStateException("nothing was frozen: " + pids);
      }
      return new Freeze(shell);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A process and all that it started. */
  static Freeze ofTree(long pid) {
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    List<Long> pids = new ArrayList<>(List.of(pid));
    process.descendants().forEach(child -> pids.add(child.pid()));
    return of(pids);
  }

  @Override
  public void close() {
    try {
      shell.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    shell.onExit().join();
  }
}
