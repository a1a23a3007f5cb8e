package io.fengda.chaos;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What an engine of the lab is told beyond what ships with it.
 *
 * @param more settings of this lab's own
 */
record NodeConfig(int number, String roles, Ports ports, Shared shared, String more) {

  /**
   * Where a node is reached.
   *
   * @param cluster where it listens, while others connect to {@code clusterProxy}
   * @param databaseProxy its way to PostgreSQL
   */
  record Ports(int http, int management, int cluster, int clusterProxy, int databaseProxy) {}

  /** What is the same for all nodes. */
  record Shared(int kafkaPort, int vendorPort, List<Integer> seedPorts) {}

  String name() {
    return "node-" + number;
  }

  /** Where its connections to other nodes come from: by it a proxy knows them. */
  String address() {
    return "127.0.0." + (10 + number);
  }

  String text() {
    String seeds =
        shared.seedPorts().stream()
            .map(port -> "127.0.0.1:" + port)
            .collect(Collectors.joining(","));
    return """
    include classpath("application.conf")
    fengda {
      roles = "%s"
      database.url = "postgres://fengda:fengda@127.0.0.1:%d/fengda"
      queue.bootstrap-servers = "127.0.0.1:%d"
      http { port = %d, heartbeat = 3s }
      identity.token-ttl = 3h
      cluster { port = %d, management-port = %d, seed-nodes = "%s" }
      vendor.guard.open-for = 5s
      warm-up.time = 1s
      operator.drain = on
      tenants.lab {
        deadline = 30s
        secret-keys = ["lab-demo-key"], publishable-keys = []
        token-secret = "lab-token-secret-of-32-bytes-or-more-------"
        vendors = [{ name = "script", host = "127.0.0.1", port = %d, tls = false }]
      }
    }
    akka.remote.artery {
      canonical.port = %d
      bind.port = %d
      advanced.tcp.outbound-client-hostname = "%s"
    }
    %s
    """
        .formatted(
            roles,
            ports.databaseProxy(),
            shared.kafkaPort(),
            ports.http(),
            ports.cluster(),
            ports.management(),
            seeds,
            shared.vendorPort(),
            ports.clusterProxy(),
            ports.cluster(),
            address(),
            more);
  }
}
