package io.fengda;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.ServerBuilder;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.japi.function.Function;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** Where a scripted vendor listens for gRPC, in an actor system of its own. */
public final class VendorServer implements AutoCloseable {
  private final ActorSystem<Void> system;
  private final ServerBinding binding;

  private VendorServer(ActorSystem<Void> system, ServerBinding binding) {
    this.system = system;
    this.binding = binding;
  }

  /**
   * Listens on 127.0.0.1.
   *
   * @param service the generated handler, made for the actor system
   */
  public static VendorServer start(
      int port,
      java.util.function.Function<
              ActorSystem<Void>, Function<HttpRequest, CompletionStage<HttpResponse>>>
          service) {
    return start(port, service, server -> server);
  }

  /** The same, with a server of another kind. */
  static VendorServer start(
      int port,
      java.util.function.Function<
              ActorSystem<Void>, Function<HttpRequest, CompletionStage<HttpResponse>>>
          service,
      UnaryOperator<ServerBuilder> kind) {
    ActorSystem<Void> system =
        ActorSystem.create(
            Behaviors.empty(),
            "vendor",
            ConfigFactory.parseString(
                    "akka.loglevel = WARNING,"
                        + " akka.actor.default-dispatcher.fork-join-executor.parallelism-min = 2")
                .withFallback(ConfigFactory.defaultReference()));
    ServerBinding binding =
        kind.apply(Http.get(system).newServerAt("127.0.0.1", port))
            .adaptSettings(settings -> settings.withHttp2Enabled(true))
            .bind(service.apply(system))
            .toCompletableFuture()
            .join();
    return new VendorServer(system, binding);
  }

  @Override
  public void close() {
    binding.terminate(Duration.ofSeconds(1)).toCompletableFuture().join();
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
  }
}
