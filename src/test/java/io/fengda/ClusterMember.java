package io.fengda;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;

/**
 * As much of a node as belongs to a cluster: settings, actor system, management port. Ends with its
 * standard input, or with status 1 and one line if it finds no cluster.
 */
public final class ClusterMember {
  private ClusterMember() {}

  public static void main(String[] args) throws IOException {
    NodeSettings node = NodeSettings.from(ConfigFactory.load());
    ActorSystem<Void> system =
        ActorSystem.create(Behaviors.empty(), Main.SYSTEM_NAME, node.config());
    try {
      new Startup(system, node.startTimeout()).joinCluster(node.asksKubernetes());
    } catch (StartException e) {
      System.out.println("can not start: " + e.getMessage());
      System.exit(1);
    }
    System.out.println("member");
    while (System.in.read() >= 0) {}
    system.terminate();
  }
}
