package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorSystem;
import akka.cluster.typed.Cluster;
import akka.http.javadsl.ConnectionContext;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.embedded.EmbeddedKafka;
import io.fengda.embedded.EmbeddedPostgres;
import io.fengda.embedded.KafkaSpec;
import io.fengda.embedded.PostgresSpec;
import io.fengda.journal.JournalSchema;
import io.fengda.queue.QueueSettings;
import io.fengda.queue.Topics;
import io.fengda.tls.TlsMaterial;
import io.fengda.tls.TlsSettings;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import nl.altindag.ssl.SSLFactory;
import nl.altindag.ssl.pem.util.PemUtils;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes whose every connection is encrypted: customers', vendors' (both sides prove who they
 * are), those of the answerer that ships with Fengda (both), the cluster's (both again),
 * PostgreSQL's, Kafka's (with SASL).
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TransportTest {
  private static final String KAFKA_PASSWORD = "kafka-password";

  @TempDir static Path folder;

  private static final List<Integer> PORTS = FreePorts.of(13);
  private static final int HTTP = PORTS.get(2);
  private static final int CLUSTER = PORTS.get(4);
  private static final int SECURE_KAFKA = PORTS.get(9);
  private static final int CONTROLLER = PORTS.get(10);
  private static final int ANSWERER = PORTS.get(12);
  private static final List<ActorSystem<Void>> nodes = new ArrayList<>();
  private static TestCertificates authority;
  private static TestCertificates stranger;
  private static EmbeddedPostgres postgres;
  private static EmbeddedKafka kafka;
  private static ScriptedVendor vendor;
  private static ScriptedVendor cheat;

  @BeforeAll
  static void start() throws IOException {
    authority = TestCertificates.authority(folder, "authority");
    authority.issue("node");
    stranger = TestCertificates.authority(folder, "stranger");
    stranger.issue("intruder");
    Files.writeString(
        folder.resolve("answered.jsonl"),
        """
        {"id": "a", "lang": "zh", "question": "包裹在哪里", "alternatives": [], "answer": "在路上", "source": "s"}
        """);
    Path data = Files.createDirectories(Path.of("target/transport-test"));
    postgres = EmbeddedPostgres.start(new PostgresSpec(data, PORTS.get(0)));
    encryptPostgres();
    kafka = EmbeddedKafka.start(new KafkaSpec(data, PORTS.get(1), CONTROLLER, encryptedKafka()));
    vendor =
        ScriptedVendor.start(
            PORTS.get(8),
            server -> server.enableHttps(ConnectionContext.httpsServer(TransportTest::mutual)));
    cheat =
        ScriptedVendor.start(
            PORTS.get(11),
            server -> server.enableHttps(ConnectionContext.httpsServer(TransportTest::strange)));
    nodes.add(node("gateway,conversation,worker,answerer", HTTP, PORTS.get(3), CLUSTER));
    nodes.add(node("gateway,conversation,worker", PORTS.get(5), PORTS.get(6), PORTS.get(7)));
  }

  @AfterAll
  static void stop() {
    for (ActorSystem<Void> node : nodes.reversed()) {
      node.terminate();
      node.getWhenTerminated().toCompletableFuture().join();
    }
    vendor.close();
    cheat.close();
    kafka.stop();
    postgres.stop();
  }

  /** The server's own user owns the files, and nobody else reads the key. */
  private static void encryptPostgres() throws IOException {
    TestDatabase database = TestDatabase.at(plainUrl());
    for (String file : List.of("node.crt", "node.key")) {
      String content = Files.readString(folder.resolve(file)).strip();
      var unused =
          database.query(
              "COPY (SELECT unnest(string_to_array('%s', chr(10)))) TO PROGRAM 'cat > %s && chmod 600 %s'"
                  .formatted(content, file, file));
    }
    for (String setting :
        List.of("ssl_cert_file = 'node.crt'", "ssl_key_file = 'node.key'", "ssl = on")) {
      var unused = database.query("ALTER SYSTEM SET " + setting);
    }
    assertEquals(List.of("true"), database.query("SELECT pg_reload_conf()"));
  }

  private static String plainUrl() {
    return "postgres://fengda:fengda@127.0.0.1:%d/fengda".formatted(PORTS.get(0));
  }

  private static Map<String, String> encryptedKafka() {
    return Map.of(
        "listeners",
        "PLAINTEXT://127.0.0.1:%d,SECURE://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
            .formatted(PORTS.get(1), SECURE_KAFKA, CONTROLLER),
        "advertised.listeners",
        "PLAINTEXT://127.0.0.1:%d,SECURE://localhost:%d".formatted(PORTS.get(1), SECURE_KAFKA),
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT",
        "ssl.keystore.type",
        "PEM",
        "ssl.keystore.location",
        authority.keyAndCrt("node").toString(),
        "sasl.enabled.mechanisms",
        "PLAIN",
        "listener.name.secure.plain.sasl.jaas.config",
        jaas() + " user_fengda=\"" + KAFKA_PASSWORD + "\";");
  }

  private static String jaas() {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"fengda\""
        + " password=\"%s\"".formatted(KAFKA_PASSWORD);
  }

  /** A server that asks its clients who they are. */
  private static SSLEngine mutual() {
    SSLEngine engine = material("node").getSslContext().createSSLEngine();
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(true);
    return engine;
  }

  /** A server that says it is the vendor, by an authority that nobody trusts. */
  private static SSLEngine strange() {
    SSLEngine engine =
        SSLFactory.builder()
            .withIdentityMaterial(
                PemUtils.loadIdentityMaterial(stranger.crt("intruder"), stranger.key("intruder")))
            .build()
            .getSslContext()
            .createSSLEngine();
    engine.setUseClientMode(false);
    return engine;
  }

  private static SSLFactory material(String holder) {
    return SSLFactory.builder()
        .withIdentityMaterial(
            PemUtils.loadIdentityMaterial(authority.crt(holder), authority.key(holder)))
        .withTrustMaterial(PemUtils.loadTrustMaterial(authority.trust()))
        .build();
  }

  private static ActorSystem<Void> node(String roles, int http, int management, int cluster) {
    return Main.start(
        ConfigFactory.parseMap(Map.of("fengda.roles", roles))
            .withFallback(settings(http, management, cluster, authority.trust())),
        Progress.on(System.out));
  }

  /** A node that trusts who is trusted by this authority. */
  private static Config settings(int http, int management, int cluster, Path trust) {
    String url =
        "%s?sslmode=verify-full&sslrootcert=%s"
            .formatted(plainUrl().replace("127.0.0.1", "localhost"), trust);
    Config settings =
        ConfigFactory.parseMap(
            Map.ofEntries(
                Map.entry("fengda.database.url", url),
                Map.entry("fengda.queue.bootstrap-servers", "localhost:" + SECURE_KAFKA),
                Map.entry("fengda.queue.client.security.protocol", "SASL_SSL"),
                Map.entry("fengda.queue.client.sasl.mechanism", "PLAIN"),
                Map.entry("fengda.queue.client.sasl.jaas.config", jaas() + ";"),
                Map.entry("fengda.queue.client.ssl.truststore.location", trust.toString()),
                Map.entry("fengda.http.port", http),
                Map.entry("fengda.cluster.management-port", management),
                Map.entry("fengda.cluster.port", cluster),
                Map.entry("fengda.cluster.seed-nodes", "127.0.0.1:" + CLUSTER),
                Map.entry("fengda.http.tls.certificate", authority.crt("node").toString()),
                Map.entry("fengda.http.tls.key", authority.key("node").toString()),
                Map.entry("fengda.http.tls.reload", "200ms"),
                Map.entry("fengda.vendor.tls.certificate", authority.crt("node").toString()),
                Map.entry("fengda.vendor.tls.key", authority.key("node").toString()),
                Map.entry("fengda.vendor.tls.trust", authority.trust().toString()),
                Map.entry("fengda.answerer.port", ANSWERER),
                Map.entry("fengda.answerer.knowledge-directory", folder.toString()),
                Map.entry("fengda.answerer.tls.certificate", authority.crt("node").toString()),
                Map.entry("fengda.answerer.tls.key", authority.key("node").toString()),
                Map.entry("fengda.answerer.tls.trust", authority.trust().toString()),
                Map.entry("fengda.cluster.tls.certificate", authority.crt("node").toString()),
                Map.entry("fengda.cluster.tls.key", authority.key("node").toString()),
                Map.entry("fengda.cluster.tls.trust", authority.trust().toString())));
    Config tenant =
        ConfigFactory.parseString(
            """
            fengda.tenants.secure {
              secret-keys = ["secure-demo-key"], publishable-keys = []
              token-secret = "secure-token-secret-of-32-bytes-or-more--"
              deadline = 5s
              vendors = [{ name = "script", host = "localhost", port = %d, tls = true }]
            }
            fengda.tenants.cheated {
              secret-keys = ["cheated-demo-key"], publishable-keys = []
              token-secret = "cheated-token-secret-of-32-bytes-or-more-"
              deadline = 5s
              vendors = [{ name = "cheat", host = "localhost", port = %d, tls = true }]
            }
            fengda.tenants.answered {
              secret-keys = ["answered-demo-key"], publishable-keys = []
              token-secret = "answered-token-secret-of-32-bytes-or-more"
              deadline = 5s
              vendors = [{ name = "answerer", host = "localhost", port = %d, tls = true }]
            }
            """
                .formatted(PORTS.get(8), PORTS.get(11), ANSWERER));
    return ConfigFactory.load(
        settings
            .withFallback(tenant)
            .withFallback(ConfigFactory.parseResourcesAnySyntax("embedded")));
  }

  private static HttpClient browser() {
    SSLContext trusting =
        SSLFactory.builder()
            .withTrustMaterial(PemUtils.loadTrustMaterial(authority.trust()))
            .build()
            .getSslContext();
    return HttpClient.newBuilder().sslContext(trusting).build();
  }

  private static HttpResponse<String> post(
      HttpClient client, String url, String header, String value, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(url))
            .header(header, value)
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(20))
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void aTurnGoesItsWholeWayEncryptedThroughEitherNode() throws Exception {
    HttpClient browser = browser();
    for (int port : List.of(HTTP, PORTS.get(5))) {
      String at = "https://localhost:%d/v1/".formatted(port);
      HttpResponse<String> session =
          post(browser, at + "sessions", "X-Api-Key", "secure-demo-key", "{\"userId\": \"u-1\"}");
      assertEquals(201, session.statusCode(), session.body());
      String token = FengdaClient.parse(session.body()).get("token").asText();

      HttpResponse<String> turn =
          post(
              browser,
              at + "conversations/main/messages",
              "Authorization",
              "Bearer " + token,
              "{\"text\": \"echo over %d\"}".formatted(port));

      assertEquals(200, turn.statusCode(), turn.body());
      assertEquals("answer", FengdaClient.parse(turn.body()).get("outcome").asText(), turn.body());
      assertEquals(
          "max-age=31536000", turn.headers().firstValue("Strict-Transport-Security").orElse(""));
      WebSocket socket =
          browser
              .newWebSocketBuilder()
              .subprotocols("fengda.v1", "bearer." + token)
              .buildAsync(
                  URI.create("wss://localhost:%d/v1/conversations/main/ws".formatted(port)),
                  new WebSocket.Listener() {})
              .join();
      socket.abort();
    }
    assertEquals(2, Cluster.get(nodes.getFirst()).state().members().size());
  }

  @Test
  void theAnswererThatShipsAnswersWorkersAndNobodyElse() throws Exception {
    HttpResponse<String> turn = turn("answered", "包裹在哪里");

    assertTrue(turn.body().contains("在路上"), turn.body());
    assertThrows(SSLException.class, () -> talk(ANSWERER, trustingAll().build()));
    assertThrows(SSLException.class, () -> talk(ANSWERER, strangers()));
    talkQuietly(ANSWERER, ours());
    assertEquals(List.of(subject(authority.trust())), authoritiesWanted(ANSWERER));
  }

  /** A turn of a new customer of the tenant. */
  private static HttpResponse<String> turn(String tenant, String text) throws Exception {
    String at = "https://localhost:%d/v1/".formatted(HTTP);
    HttpResponse<String> session =
        post(
            browser(),
            at + "sessions",
            "X-Api-Key",
            tenant + "-demo-key",
            "{\"userId\": \"customer\"}");
    String token = FengdaClient.parse(session.body()).get("token").asText();
    return post(
        browser(),
        at + "conversations/main/messages",
        "Authorization",
        "Bearer " + token,
        "{\"text\": \"%s\"}".formatted(text));
  }

  private static String subject(Path certificate) {
    return ((X509Certificate) PemUtils.loadCertificate(certificate).getFirst())
        .getSubjectX500Principal()
        .getName();
  }

  /** By whose certificates a server lets clients prove who they are. */
  private static List<String> authoritiesWanted(int port) throws Exception {
    List<String> wanted = new CopyOnWriteArrayList<>();
    X509ExtendedKeyManager curious =
        new X509ExtendedKeyManager() {
          @Override
          public @Nullable String chooseClientAlias(
              String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            if (issuers != null) {
              wanted.addAll(Arrays.stream(issuers).map(Principal::getName).toList());
            }
            return null;
          }

          @Override
          public String @Nullable [] getClientAliases(String type, Principal[] issuers) {
            return null;
          }

          @Override
          public String @Nullable [] getServerAliases(String type, Principal[] issuers) {
            return null;
          }

          @Override
          public @Nullable String chooseServerAlias(
              String type, Principal[] issuers, Socket socket) {
            return null;
          }

          @Override
          public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return null;
          }

          @Override
          public @Nullable PrivateKey getPrivateKey(String alias) {
            return null;
          }
        };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {curious},
        new TrustManager[] {trustingAll().build().getTrustManager().orElseThrow()},
        null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.startHandshake();
    }
    return wanted.stream().distinct().toList();
  }

  @Test
  void aVendorOfAStrangeAuthorityIsToldNothing() throws Exception {
    HttpResponse<String> turn = turn("cheated", "echo secret");

    assertEquals("fallback", FengdaClient.parse(turn.body()).get("outcome").asText(), turn.body());
    assertEquals(List.of(), cheat.requests());
  }

  @Test
  void aDatabaseAndABrokerOfAStrangeAuthorityAreNotTalkedTo() {
    Config strange = NodeSettings.from(settings(1, 2, 3, stranger.trust())).config();
    Config own = NodeSettings.from(settings(1, 2, 3, authority.trust())).config();
    Duration time = Duration.ofSeconds(5);

    JournalSchema.ensure(own, Duration.ofSeconds(20));
    assertThrows(RuntimeException.class, () -> JournalSchema.ensure(strange, time));
    assertThrows(Exception.class, () -> Topics.ensure(QueueSettings.from(strange), time));
  }

  @Test
  void everyConnectionOfTheEngineToPostgresIsEncrypted() {
    List<String> encrypted =
        TestDatabase.at(plainUrl())
            .query(
                "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename ="
                    + " 'fengda' AND backend_type = 'client backend' AND application_name <> '%s'"
                        .formatted(TestDatabase.APPLICATION_NAME));

    assertTrue(encrypted.size() >= 2, encrypted::toString);
    assertTrue(encrypted.stream().allMatch("true"::equals), encrypted::toString);
  }

  @Test
  void nobodyWithoutACertificateOfTheAuthorityTalksToTheCluster() throws Exception {
    assertThrows(SSLException.class, () -> talk(CLUSTER, trustingAll().build()));
    assertThrows(SSLException.class, () -> talk(CLUSTER, strangers()));
    talkQuietly(CLUSTER, ours());
  }

  private static SSLFactory strangers() {
    return trustingAll()
        .withIdentityMaterial(
            PemUtils.loadIdentityMaterial(stranger.crt("intruder"), stranger.key("intruder")))
        .build();
  }

  private static SSLFactory ours() {
    return trustingAll()
        .withIdentityMaterial(
            PemUtils.loadIdentityMaterial(authority.crt("node"), authority.key("node")))
        .build();
  }

  private static SSLFactory.Builder trustingAll() {
    return SSLFactory.builder().withTrustingAllCertificatesWithoutValidation();
  }

  /** Who is refused is told so at the first read (TLS 1.3). */
  private static void talk(int port, SSLFactory factory) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) factory.getSslSocketFactory().createSocket("127.0.0.1", port)) {
      socket.setSoTimeout(3_000);
      socket.startHandshake();
      assertEquals(-1, socket.getInputStream().read());
    }
  }

  /** Who is let in is waited for. */
  private static void talkQuietly(int port, SSLFactory factory) {
    assertThrows(java.net.SocketTimeoutException.class, () -> talk(port, factory));
  }

  @Test
  void whoSpeaksPlainlyIsNotAnswered() {
    HttpClient plain = HttpClient.newHttpClient();

    assertThrows(
        IOException.class,
        () ->
            plain.send(
                HttpRequest.newBuilder(URI.create("http://localhost:%d/".formatted(HTTP)))
                    .timeout(Duration.ofSeconds(5))
                    .build(),
                BodyHandlers.ofString()));
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() {
    authority.issue("other");
    TlsSettings halves =
        new TlsSettings(
            "fengda.http.tls",
            Optional.of(authority.crt("other")),
            Optional.of(stranger.key("intruder")),
            Optional.empty(),
            Duration.ofSeconds(1));

    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> TlsMaterial.watched(nodes.getFirst(), halves));
    assertTrue(String.valueOf(refused.getMessage()).contains("another certificate's"));
  }

  @Test
  void aNewCertificateIsTakenUpWithoutARestart() throws Exception {
    byte[] before = shown();

    authority.issue("node");

    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .untilAsserted(() -> assertNotEquals(List.of(text(before)), List.of(text(shown()))));
    assertEquals(text(((X509Certificate) chain().getFirst()).getEncoded()), text(shown()));
  }

  private static List<? extends java.security.cert.Certificate> chain() {
    return PemUtils.loadCertificate(authority.crt("node"));
  }

  private static byte[] shown() throws Exception {
    try (SSLSocket socket =
        (SSLSocket) trustingAll().build().getSslSocketFactory().createSocket("127.0.0.1", HTTP)) {
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0].getEncoded();
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
