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
import java.util.function.Consumer;
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

  /** Whose frames are whose; the first that fits. What fits nowhere is hand-over between threads. */
  private static final Map<String, List<String>> STATIONS = new LinkedHashMap<>();

  static {
    STATIONS.put("journal", List.of("io.fengda.journal", "io.r2dbc", "reactor.", "akka.persistence"));
    STATIONS.put("vendor", List.of("io.fengda.vendor", "akka.grpc", "io.grpc", "io.fengda.proto.nlp"));
    STATIONS.put("worker", List.of("io.fengda.worker"));
    STATIONS.put("queue", List.of("io.fengda.queue", "akka.kafka", "org.apache.kafka"));
    STATIONS.put("conversation", List.of("io.fengda.conversation", "akka.cluster.sharding"));
    STATIONS.put("http", List.of("io.fengda.http", "akka.http", "com.nimbusds", "io.fengda.quota"));
    STATIONS.put("cluster", List.of("akka.cluster", "akka.remote"));
  }

  private final Process engine;

  Profile(Process engine) {
    this.engine = engine;
  }

  /** Records while something runs; the parts of the samples by station, and the hottest frames. */
  Samples during(Runnable what) {
    try {
      Path file = Files.createTempFile("fengda", ".jfr");
      jcmd(
          "JFR.start",
          "name=" + RECORDING,
          "settings=none",
          "+jdk.CPUTimeSample#enabled=true",
          "+jdk.CPUTimeSample#throttle=5ms");
      what.run();
      jcmd("JFR.stop", "name=" + RECORDING, "filename=" + file);
      Samples samples = read(file);
      String keep = System.getProperty("profile", "");
      if (keep.isEmpty()) {
        Files.delete(file);
      } else {
        Files.move(file, Path.of(keep), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
      return samples;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void jcmd(String... arguments) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(engine.pid()));
    builder.command().addAll(List.of(arguments));
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("jcmd: " + said);
    }
  }

  /** Parts of 1, by station. */
  record Samples(Map<String, Double> parts, int count) {}

  private static Samples read(Path file) throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    int[] all = new int[1];
    Consumer<RecordedEvent> count =
        event -> {
          RecordedStackTrace trace = event.getStackTrace();
          if (trace != null) {
            all[0]++;
            counts.merge(station(trace), 1, Integer::sum);
          }
        };
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        if (event.getEventType().getName().equals("jdk.CPUTimeSample")) {
          count.accept(event);
        }
      }
    }
    Map<String, Double> parts = new LinkedHashMap<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .forEach(entry -> parts.put(entry.getKey(), entry.getValue() / (double) all[0]));
    return new Samples(parts, all[0]);
  }

  private static String station(RecordedStackTrace trace) {
    for (RecordedFrame frame : trace.getFrames()) {
      String type = frame.getMethod().getType().getName();
      for (Map.Entry<String, List<String>> station : STATIONS.entrySet()) {
        if (station.getValue().stream().anyMatch(type::startsWith)) {
          return station.getKey();
        }
      }
    }
    return "hand-over";
  }
}
