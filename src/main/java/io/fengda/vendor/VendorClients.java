package io.fengda.vendor;

import akka.actor.typed.ActorSystem;
import akka.grpc.GrpcClientSettings;
import io.fengda.proto.nlp.v1.NlpServiceClient;
import io.fengda.tenant.VendorEndpoint;
import java.util.concurrent.ConcurrentHashMap;

/** One connection to each vendor endpoint, kept for as long as the node runs. Thread-safe. */
final class VendorClients {
  private final ActorSystem<?> system;
  private final ConcurrentHashMap<Address, NlpServiceClient> clients = new ConcurrentHashMap<>();

  private record Address(String host, int port, boolean tls) {}

  VendorClients(ActorSystem<?> system) {
    this.system = system;
  }

  NlpServiceClient of(VendorEndpoint vendor) {
    return clients.computeIfAbsent(
        new Address(vendor.host(), vendor.port(), vendor.tls()), this::connect);
  }

  private NlpServiceClient connect(Address address) {
    return NlpServiceClient.create(
        GrpcClientSettings.connectToServiceAt(address.host(), address.port(), system)
            .withTls(address.tls()),
        system);
  }
}
