package io.fengda.chaos;

import io.fengda.Main;
import io.fengda.embedded.ParentWatch;

/** A production node that does not outlive the lab. */
final class NodeMain {
  private NodeMain() {}

  public static void main(String[] args) {
    ParentWatch.start(() -> Runtime.getRuntime().halt(1));
    Main.main(args);
  }
}
