package io.fengda.vendor;

import akka.actor.typed.ActorSystem;
import akka.grpc.GrpcClientSettings;
import io.fengda.proto.nlp.v1.NlpServiceClient;
import io.fengda.tenant.VendorEndpoint;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** One connection to each vendor endpoint, for as long as it is used. Thread-safe. */
final class VendorClients {
  private final ActorSystem<?> system;
  private final ConcurrentHashMap<Address, NlpServiceClient> clients = new ConcurrentHashMap<>();

  private record Address(String host, int port, boolean tls) {}

  private final Duration idle;
  private final VendorEncryption encryption;

  /**
   * No connections yet.
   *
   * @param idle after how long without a call a connection is given up: gRPC waits for up to two
   *     minutes before it tries an address again that has refused it, unless nobody asked meanwhile
   */
  VendorClients(ActorSystem<?> system, Duration idle, VendorEncryption encryption) {
    this.system = system;
    this.idle = idle;
    this.encryption = encryption;
  }

  NlpServiceClient of(VendorEndpoint vendor) {
    return clients.computeIfAbsent(
        new Address(vendor.host(), vendor.port(), vendor.tls()), this::connect);
  }

  private NlpServiceClient connect(Address address) {
    return NlpServiceClient.create(
        encryption
            .applied(
                GrpcClientSettings.connectToServiceAt(address.host(), address.port(), system),
                address.tls())
            .withChannelBuilderOverrides(
                channel ->
                    // Akka's stage only passes on what comes: no thread of gRPC's own is needed.
                    channel.directExecutor().idleTimeout(idle.toMillis(), TimeUnit.MILLISECONDS)),
        system);
  }
}
