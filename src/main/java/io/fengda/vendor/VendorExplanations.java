package io.fengda.vendor;

import akka.actor.typed.ActorSystem;
import akka.grpc.GrpcClientSettings;
import io.fengda.knowledge.Explainer;
import io.fengda.knowledge.Explanation;
import io.fengda.proto.answerer.v1.ExplainRequest;
import io.fengda.proto.answerer.v1.ExplainResponse;
import io.fengda.proto.answerer.v1.ExplainServiceClient;
import io.fengda.tenant.Language;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.VendorEndpoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Asks the answerer that ships with Fengda, wherever it is among a tenant's vendors, what it finds.
 * For people, and rarely: each question has a connection of its own.
 */
public final class VendorExplanations implements Explainer {
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private final ActorSystem<?> system;
  private final VendorEncryption encryption;

  private VendorExplanations(ActorSystem<?> system, VendorEncryption encryption) {
    this.system = system;
    this.encryption = encryption;
  }

  public static VendorExplanations of(ActorSystem<?> system, VendorSettings settings) {
    return new VendorExplanations(system, VendorEncryption.of(system, settings.tls()));
  }

  @Override
  public CompletionStage<Optional<Explanation>> explain(
      Tenant tenant, Language language, String question) {
    ExplainRequest request =
        ExplainRequest.newBuilder()
            .setTenantId(tenant.id().value())
            .setLanguage(language.tag())
            .setQuestion(question)
            .build();
    return ask(tenant.vendors(), request);
  }

  /** One after the other: other vendors do not know the question, or can not be reached. */
  private CompletionStage<Optional<Explanation>> ask(
      List<VendorEndpoint> vendors, ExplainRequest request) {
    if (vendors.isEmpty()) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    VendorEndpoint vendor = vendors.getFirst();
    ExplainServiceClient client =
        ExplainServiceClient.create(
            encryption
                .applied(
                    GrpcClientSettings.connectToServiceAt(vendor.host(), vendor.port(), system),
                    vendor.tls())
                .withDeadline(DEADLINE),
            system);
    return client
        .explain(request)
        .thenApply(response -> Optional.of(read(vendor, response)))
        .exceptionallyCompose(failure -> ask(vendors.subList(1, vendors.size()), request))
        .whenComplete(
            (explanation, failure) -> {
              var unused = client.close();
            });
  }

  private static Explanation read(VendorEndpoint vendor, ExplainResponse response) {
    return new Explanation(
        vendor.name(),
        response.getCandidatesList().stream()
            .map(
                candidate ->
                    new Explanation.Candidate(
                        candidate.getId(), candidate.getQuestion(), candidate.getConfidence()))
            .toList(),
        response.getThreshold(),
        response.getByMeaning());
  }
}
