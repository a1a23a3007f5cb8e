package io.fengda.answerer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.grpc.GrpcClientSettings;
import akka.http.javadsl.ServerBinding;
import akka.stream.javadsl.Sink;
import akka.stream.testkit.javadsl.TestSink;
import com.typesafe.config.ConfigFactory;
import io.fengda.knowledge.InvalidKnowledgeException;
import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.knowledge.KnowledgeStore;
import io.fengda.proto.nlp.v1.AnswerEvent;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.Final.OutcomeCase;
import io.fengda.proto.nlp.v1.NlpService;
import io.fengda.proto.nlp.v1.NlpServiceClient;
import io.fengda.proto.nlp.v1.NlpServiceHandlerFactory;
import io.fengda.tenant.TenantId;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The answerer over a real socket. */
final class AnswererServerTest {
  private static final LanguageModelSettings NO_MODELS =
      new LanguageModelSettings("127.0.0.1", 0, 1, 1, Duration.ofSeconds(1), Map.of());

  private static final String LINE =
      """
      {"id":"a","lang":"zh","question":"你好","alternatives":[],"answer":"您好😀","source":"s"}\
      """;
  private static final String LONG = "这是一个很长的答案。".repeat(100);

  private final ActorTestKit kit =
      ActorTestKit.create(ConfigFactory.load(ConfigFactory.parseResourcesAnySyntax("threads")));
  @TempDir private Path directory;

  @AfterEach
  void shutDown() {
    kit.shutdownTestKit();
  }

  @Test
  void whatTheDirectoryKnowsIsAnsweredOverGrpc() throws IOException {
    NlpServiceClient client = started();

    List<AnswerEvent> events = all(client, asking("你好！"));

    assertEquals("您好😀", events.getLast().getFinal().getAnswer().getText());
    assertEquals(
        "您好😀",
        events.stream().map(event -> event.getDelta().getText()).collect(Collectors.joining()));
  }

  @Test
  void whatNobodyKnowsHasNoAnswer() throws IOException {
    List<AnswerEvent> events = all(started(), asking("今天天气怎么样"));

    assertEquals(1, events.size());
    assertEquals(OutcomeCase.NO_ANSWER, events.getFirst().getFinal().getOutcomeCase());
  }

  @Test
  void refusalsArriveAsGrpcStatuses() throws IOException {
    NlpServiceClient client = started();
    AnswerRequest good = asking("你好");

    assertRefused(Status.Code.NOT_FOUND, client, good.toBuilder().setTenantId("no").build());
    assertRefused(Status.Code.INVALID_ARGUMENT, client, good.toBuilder().clearQuestions().build());
    assertRefused(
        Status.Code.DEADLINE_EXCEEDED,
        client,
        good.toBuilder().setDeadlineEpochMillis(System.currentTimeMillis() - 1).build());
  }

  @Test
  void cancellingACallStopsTheStream() throws Exception {
    CompletableFuture<Done> stopped = new CompletableFuture<>();
    Answerer answerer = longAnswerer(Duration.ofMillis(20));
    NlpService watched =
        request ->
            answerer
                .answer(request)
                .watchTermination(
                    (unused, done) -> {
                      done.thenAccept(stopped::complete);
                      return unused;
                    });
    NlpServiceClient client = clientOf(bound(watched));

    var probe =
        client
            .answer(asking("你好"))
            .runWith(TestSink.create(kit.system().classicSystem()), kit.system());
    assertTrue(probe.requestNext().hasDelta());
    probe.cancel();

    assertEquals(Done.getInstance(), stopped.get(5, TimeUnit.SECONDS));
  }

  @Test
  void aWorkerThatCancelsHundredsOfCallsKeepsItsConnection() throws Exception {
    NlpServiceClient client = clientOf(bound(longAnswerer(Duration.ofSeconds(1))));
    AnswerRequest request = asking("你好");

    var bystander =
        client.answer(request).runWith(TestSink.create(kit.system().classicSystem()), kit.system());
    assertTrue(bystander.requestNext().hasDelta());

    for (int i = 0; i < 450; i++) {
      client
          .answer(request)
          .take(1)
          .runWith(Sink.seq(), kit.system())
          .toCompletableFuture()
          .get(5, TimeUnit.SECONDS);
    }

    assertTrue(bystander.requestNext().hasDelta());
    bystander.cancel();
  }

  @Test
  void aShutdownLetsAStreamGoOnAndTakesNoNewConnection() throws Exception {
    ActorTestKit clientKit = ActorTestKit.create();
    ServerBinding binding = bound(longAnswerer(Duration.ofMillis(100)));
    var probe =
        client(clientKit, binding)
            .answer(asking("你好"))
            .runWith(TestSink.create(clientKit.system().classicSystem()), clientKit.system());
    assertTrue(probe.requestNext().hasDelta());

    var down =
        CoordinatedShutdown.get(kit.system())
            .runAll(CoordinatedShutdown.actorSystemTerminateReason());

    for (int i = 0; i < 10; i++) {
      assertTrue(probe.requestNext().hasDelta());
    }
    assertThrows(IOException.class, () -> connectTo(binding));
    probe.cancel();
    down.toCompletableFuture().get(10, TimeUnit.SECONDS);
    clientKit.shutdownTestKit();
  }

  @Test
  void aPortInUseFailsTheStart() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      var started =
          AnswererServer.start(
              kit.system(),
              settings(taken.getLocalPort(), Duration.ZERO),
              NO_MODELS,
              KnowledgeStore.NONE);

      var thrown =
          assertThrows(
              ExecutionException.class,
              () -> started.toCompletableFuture().get(5, TimeUnit.SECONDS));

      assertInstanceOf(BindException.class, root(thrown));
    }
  }

  @Test
  void brokenKnowledgeFailsTheStart() throws IOException {
    Files.writeString(directory.resolve("harbor.jsonl"), "{}");

    assertThrows(
        InvalidKnowledgeException.class,
        () ->
            AnswererServer.start(
                kit.system(), settings(0, Duration.ZERO), NO_MODELS, KnowledgeStore.NONE));
  }

  private NlpServiceClient started() throws IOException {
    Files.writeString(directory.resolve("harbor.jsonl"), LINE);
    return clientOf(
        AnswererServer.start(
                kit.system(), settings(0, Duration.ZERO), NO_MODELS, KnowledgeStore.NONE)
            .toCompletableFuture()
            .join());
  }

  private ServerBinding bound(NlpService service) {
    return AnswererServer.bind(
            kit.system(),
            "127.0.0.1",
            0,
            AnswererSettingsTest.PLAIN,
            NlpServiceHandlerFactory.create(service, kit.system()))
        .toCompletableFuture()
        .join();
  }

  private NlpServiceClient clientOf(ServerBinding binding) {
    return client(kit, binding);
  }

  private static NlpServiceClient client(ActorTestKit kit, ServerBinding binding) {
    return NlpServiceClient.create(
        GrpcClientSettings.connectToServiceAt(
                "127.0.0.1", binding.localAddress().getPort(), kit.system())
            .withTls(false),
        kit.system());
  }

  private AnswererSettings settings(int port, Duration deltaInterval) {
    return new AnswererSettings(
        "127.0.0.1",
        port,
        AnswererSettingsTest.PLAIN,
        directory,
        Duration.ofMillis(200),
        0.3,
        50,
        deltaInterval);
  }

  private Answerer longAnswerer(Duration deltaInterval) {
    KnowledgeEntry entry = Entries.chinese("a", "你好", LONG);
    return Answerer.of(
        Knowledge.of(Map.of(TenantId.of("harbor"), List.of(entry))),
        settings(0, deltaInterval),
        Clock.systemUTC());
  }

  private List<AnswerEvent> all(NlpServiceClient client, AnswerRequest request) {
    return client.answer(request).runWith(Sink.seq(), kit.system()).toCompletableFuture().join();
  }

  private void assertRefused(Status.Code code, NlpServiceClient client, AnswerRequest request) {
    var thrown = assertThrows(CompletionException.class, () -> all(client, request));
    var status = assertInstanceOf(StatusRuntimeException.class, thrown.getCause());
    assertEquals(code, status.getStatus().getCode());
  }

  private static void connectTo(ServerBinding binding) throws IOException {
    new Socket(InetAddress.getLoopbackAddress(), binding.localAddress().getPort()).close();
  }

  private static Throwable root(Throwable thrown) {
    Throwable cause = thrown.getCause();
    return cause == null ? thrown : root(cause);
  }

  private static AnswerRequest asking(String question) {
    return AnswerRequest.newBuilder()
        .setTenantId("harbor")
        .setLanguage("zh")
        .addQuestions(question)
        .build();
  }
}
