package io.fengda;

import com.typesafe.config.Config;
import io.fengda.journal.JournalSchema;
import io.fengda.queue.QueueSettings;
import io.fengda.queue.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** What can be known to be wrong before a node starts, each in one line that says what to do. */
final class Preflight {
  private Preflight() {}

  static void checkPorts(NodeSettings node) {
    if (node.has(NodeSettings.Role.GATEWAY)) {
      requireFree(node.host(), node.httpPort(), "FENGDA_HTTP_PORT");
    }
    if (node.has(NodeSettings.Role.ANSWERER)) {
      requireFree(node.answererHost(), node.answererPort(), "FENGDA_ANSWERER_PORT");
    }
    requireFree(node.bindHost(), node.managementPort(), "FENGDA_MANAGEMENT_PORT");
    requireFree(node.bindHost(), node.clusterPort(), "FENGDA_CLUSTER_PORT");
  }

  private static void requireFree(String host, int port, String setting) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (IOException | IllegalArgumentException e) {
      throw new StartException(
          "port %d on %s can not be used (%s): stop what uses it, or set %s"
              .formatted(port, host, e.getMessage(), setting),
          e);
    }
  }

  static void ensureSchema(NodeSettings node) {
    Config database = node.config().getConfig("akka.persistence.r2dbc.connection-factory");
    try {
      JournalSchema.ensure(node.config(), node.startTimeout());
    } catch (RuntimeException e) {
      throw new StartException(
          "PostgreSQL at %s:%d can not be used (%s): start it, or set FENGDA_DATABASE_URL"
              .formatted(database.getString("host"), database.getInt("port"), rootMessage(e)),
          e);
    }
  }

  /** How many partitions the queries have. */
  static int ensureTopics(QueueSettings queue, NodeSettings node) {
    if (queue.bootstrapServers().isEmpty()) {
      throw new StartException(
          "fengda.queue.bootstrap-servers (FENGDA_KAFKA_BOOTSTRAP): expected host:port");
    }
    try {
      return Topics.ensure(queue, node.startTimeout());
    } catch (Exception e) {
      throw new StartException(
          "Kafka at %s can not be used (%s): start it, or set FENGDA_KAFKA_BOOTSTRAP"
              .formatted(queue.bootstrapServers(), rootMessage(e)),
          e);
    }
  }

  static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return (message == null ? root.getClass().getSimpleName() : message)
        .lines()
        .findFirst()
        .orElse("");
  }
}
