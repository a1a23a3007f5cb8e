package io.fengda.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** JVMs beside this one, and what processes use. */
final class Processes {
  private static final int TICKS_PER_SECOND = 100;

  /** Runs a program, and stops it when the shell's own input ends. */
  private static final String LEASH =
      """
      exec 3<&0
      "$@" 3<&- &
      node=$!
      { read -r _ <&3; kill "$node"; } 2>/dev/null &
      watch=$!
      wait "$node"
      status=$?
      kill "$watch" 2>/dev/null
      exit "$status"
      """;

  private Processes() {}

  /** The command that runs a class on this Java, not started yet. */
  static ProcessBuilder java(List<String> options, String classPath, String main, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(List.of(args));
    return new ProcessBuilder(command);
  }

  /**
   * The command that runs a program which would outlive this process, and does not: it is stopped
   * when the input of the process that is started ends.
   */
  static ProcessBuilder leashed(Path program) {
    return new ProcessBuilder("sh", "-c", LEASH, "leash", program.toString());
  }

  /** The JVM that a process is, or has started. */
  static ProcessHandle jvm(Process process) {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .filter(one -> one.info().command().orElse("").endsWith("/java"))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no JVM in " + process));
  }

  /** Has a JVM do something; what it says. */
  static String jcmd(long pid, String... arguments) {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid));
    builder.command().addAll(List.of(arguments));
    try {
      Process process = builder.redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("jcmd: " + said);
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Ends this process when the one that started it ends. */
  static void exitWithParent() {
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(1)));
  }

  /** CPU seconds so far of a process that runs. */
  static double cpuSeconds(ProcessHandle process) {
    return cpuSeconds(Path.of("/proc", Long.toString(process.pid()), "stat"));
  }

  static double cpuSeconds(Stream<ProcessHandle> processes) {
    return processes.mapToDouble(Processes::cpuSeconds).sum();
  }

  /** CPU seconds so far of each thread of a process, by the first 15 letters of its name. */
  static Map<String, Double> threadCpuSeconds(long pid) {
    Map<String, Double> seconds = new TreeMap<>();
    try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path thread : threads.toList()) {
        String name = Files.readString(thread.resolve("comm")).strip();
        seconds.merge(name, cpuSeconds(thread.resolve("stat")), Double::sum);
      }
    } catch (IOException e) {
      // It has ended meanwhile.
    }
    return seconds;
  }

  private static double cpuSeconds(Path file) {
    try {
      String stat = Files.readString(file);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) TICKS_PER_SECOND;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Memory of a process that is in RAM; 0 where it has ended. */
  static long rssBytes(long pid) {
    return 1024 * status(pid, "VmRSS:");
  }

  /** Threads of a process; 0 where it has ended. */
  static long threads(long pid) {
    return status(pid, "Threads:");
  }

  private static long status(long pid, String field) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Files and sockets that a process has open; 0 where it has ended. */
  static long openFiles(long pid) {
    try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      return files.count();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Files and sockets that this process, and each that it starts, may have open. */
  static long openFilesMax() {
    try {
      return Files.readAllLines(Path.of("/proc/self/limits")).stream()
          .filter(line -> line.startsWith("Max open files"))
          .map(line -> line.split(" {2,}", -1)[1])
          .mapToLong(soft -> soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft))
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }
}
