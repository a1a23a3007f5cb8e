package io.fengda.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where an engine's CPU time goes, by the stations of a message: Flight Recorder's samples of CPU
 * time (JEP 509), each counted where the innermost frame that belongs to a station is.
 */
final class Profile {
  private static final String RECORDING = "bench";
  private static final String SAMPLE = "jdk.CPUTimeSample";

  /** A station, and what the names of its classes begin with. */
  private record Station(String name, List<String> prefixes) {
    boolean has(RecordedFrame frame) {
      String type = frame.getMethod().getType().getName();
      return prefixes.stream().anyMatch(type::startsWith);
    }
  }

  /** The first that fits; what fits nowhere is hand-over between actors and threads. */
  private static final List<Station> STATIONS =
      List.of(
          new Station(
              "journal", List.of("io.fengda.journal", "io.r2dbc", "reactor.", "akka.persistence")),
          new Station(
              "vendor", List.of("io.fengda.vendor", "akka.grpc", "io.grpc", "io.fengda.proto.nlp")),
          new Station("worker", List.of("io.fengda.worker")),
          new Station("queue", List.of("io.fengda.queue", "akka.kafka", "org.apache.kafka")),
          new Station("conversation", List.of("io.fengda.conversation", "akka.cluster.sharding")),
          new Station(
              "http", List.of("io.fengda.http", "akka.http", "com.nimbusds", "io.fengda.quota")),
          new Station("cluster", List.of("akka.cluster", "akka.remote")));

  private final long pid;

  /**
   * Of an engine's node.
   *
   * @param pid of its JVM
   */
  Profile(long pid) {
    this.pid = pid;
  }

  /** Records while something runs; the parts of the samples by station, and the hottest frames. */
  Samples during(Runnable what) {
    try {
      Path file = Files.createTempFile("fengda", ".jfr");
      Processes.jcmd(
          pid,
          "JFR.start",
          "name=" + RECORDING,
          "settings=none",
          "+" + SAMPLE + "#enabled=true",
          "+" + SAMPLE + "#throttle=5ms");
      what.run();
      Processes.jcmd(pid, "JFR.stop", "name=" + RECORDING, "filename=" + file);
      Samples samples = read(file);
      Files.delete(file);
      return samples;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Parts of 1, by station. */
  record Samples(Map<String, Double> parts, int count) {}

  private static Samples read(Path file) throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    int all = 0;
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        RecordedStackTrace trace = event.getStackTrace();
        if (event.getEventType().getName().equals(SAMPLE) && trace != null) {
          all++;
          counts.merge(station(trace), 1, Integer::sum);
        }
      }
    }
    int samples = all;
    Map<String, Double> parts = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .forEach(entry -> parts.put(entry.getKey(), entry.getValue() / (double) samples));
    return new Samples(parts, samples);
  }

  private static String station(RecordedStackTrace trace) {
    for (RecordedFrame frame : trace.getFrames()) {
      for (Station station : STATIONS) {
        if (station.has(frame)) {
          return station.name();
        }
      }
    }
    return "hand-over";
  }
}
