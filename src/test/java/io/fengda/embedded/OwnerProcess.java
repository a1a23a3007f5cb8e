package io.fengda.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;

/** A JVM with the main class {@link Owner}, alone in its process group. */
record OwnerProcess(Process process, BufferedReader output) implements AutoCloseable {

  static OwnerProcess start(ServicesSpec spec) throws IOException {
    List<String> command = new ArrayList<>(java(Owner.class));
    command.add(spec.dataDirectory().toString());
    command.add(Integer.toString(spec.postgresPort()));
    command.add(Integer.toString(spec.kafkaPort()));
    Process process =
        new ProcessBuilder(Session.detach(command)).redirectError(Redirect.INHERIT).start();
    return new OwnerProcess(process, process.inputReader(UTF_8));
  }

  /** The command that runs a main class of the tests. */
  static List<String> java(Class<?> main) {
    return List.of(
        BrokerJvm.program().toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        main.getName());
  }

  /** Reads up to the line; other lines are of no interest. */
  void awaitLine(String line) throws IOException {
    String read = output.readLine();
    while (!line.equals(read)) {
      if (read == null) {
        throw new IOException("ended without: " + line);
      }
      read = output.readLine();
    }
  }

  /** What Ctrl-C does: a signal to the whole process group. */
  void interruptGroup() throws IOException, InterruptedException {
    String group = "-" + process.pid();
    int status = new ProcessBuilder("sh", "-c", "kill -s INT -- " + group).start().waitFor();
    if (status != 0) {
      throw new IOException("kill ended with status " + status);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
