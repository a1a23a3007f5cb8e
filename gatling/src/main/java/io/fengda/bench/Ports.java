package io.fengda.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ports of this machine that are free now. */
final class Ports {
  private Ports() {}

  static int free() {
    return free("ONE").get("ONE");
  }

  /** One for each name. */
  static Map<String, Integer> free(String... names) {
    Map<String, Integer> ports = new LinkedHashMap<>();
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (String name : names) {
        ServerSocket socket = new ServerSocket(0);
        sockets.add(socket);
        ports.put(name, socket.getLocalPort());
      }
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
