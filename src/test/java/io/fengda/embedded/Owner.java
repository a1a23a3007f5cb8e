package io.fengda.embedded;

import java.io.IOException;
import java.nio.file.Path;

/** A program that owns embedded services, for tests that end it from outside. */
final class Owner {
  private Owner() {}

  /** Starts services; drains on a signal until its input ends, and only then stops them. */
  public static void main(String[] args) throws InterruptedException {
    var spec =
        new ServicesSpec(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    EmbeddedServices services = EmbeddedServices.start(spec, line -> {});
    Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(services)));
    System.out.println("serving");
    Thread.currentThread().join();
  }

  private static void drain(EmbeddedServices services) {
    System.out.println("draining");
    try {
      var unused = System.in.readAllBytes();
    } catch (IOException e) {
      System.out.println(e);
    }
    services.stop();
  }
}
