package io.fengda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What CPU time processes took, by {@code /proc}. */
public final class ProcessCpu {
  private static final int TICKS_PER_SECOND = 100;

  private ProcessCpu() {}

  /** CPU microseconds so far of the process and of all that it started and that still run. */
  public static double microsWithDescendants(ProcessHandle process) {
    return micros(Stream.concat(Stream.of(process), process.descendants()));
  }

  public static double micros(Stream<ProcessHandle> processes) {
    return processes.mapToDouble(process -> micros(process.pid())).sum();
  }

  private static double micros(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1e6 / TICKS_PER_SECOND;
    } catch (IOException e) {
      return 0;
    }
  }
}
