package io.fengda.k8s;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * An API server that knows pods of one namespace: lists those that a label selector takes, over
 * TLS, for whoever has the service account's token.
 */
final class KubernetesApi implements AutoCloseable {
  private static final String NAMESPACE = "customer-service";
  private static final String TOKEN = "the-token-of-the-service-account";
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final ObjectMapper json = new ObjectMapper();
  private final HttpsServer server;
  private final Path account;
  private final List<Pod> pods = new CopyOnWriteArrayList<>();
  private final Set<String> selectors = ConcurrentHashMap.newKeySet();
  private volatile boolean mayList = true;

  private KubernetesApi(HttpsServer server, Path account) {
    this.server = server;
    this.account = account;
  }

  /**
   * Starts one on a port of its own.
   *
   * @param folder where it puts what a pod finds in its file system
   */
  static KubernetesApi start(Path folder)
      throws IOException, GeneralSecurityException, InterruptedException {
    KeyStore keys = keys(folder.resolve("api.p12"));
    Path account = Files.createDirectories(folder.resolve("serviceaccount"));
    Files.writeString(account.resolve("token"), TOKEN);
    Files.writeString(account.resolve("namespace"), NAMESPACE);
    Files.writeString(account.resolve("ca.crt"), pem(keys));
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    KubernetesApi api = new KubernetesApi(server, account);
    server.createContext("/", api::answer);
    server.start();
    return api;
  }

  void run(Pod pod) {
    pods.add(pod);
  }

  /** As where no role binding lets the service account list pods. */
  void forbid() {
    mayList = false;
  }

  /** What nodes asked for. */
  Set<String> selectors() {
    return Set.copyOf(selectors);
  }

  /** What Kubernetes puts into the environment of every pod. */
  Map<String, String> environment() {
    return Map.of(
        "KUBERNETES_SERVICE_HOST", server.getAddress().getHostString(),
        "KUBERNETES_SERVICE_PORT", Integer.toString(server.getAddress().getPort()));
  }

  /** Where a node of a test finds its service account's files. */
  List<String> options() {
    String prefix = "-Dakka.discovery.kubernetes-api.";
    return List.of(
        prefix + "api-ca-path=" + account.resolve("ca.crt"),
        prefix + "api-token-path=" + account.resolve("token"),
        prefix + "pod-namespace-path=" + account.resolve("namespace"));
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    boolean isKnown =
        ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
    boolean isPods =
        exchange.getRequestURI().getPath().equals("/api/v1/namespaces/" + NAMESPACE + "/pods");
    int status = !isKnown ? 401 : !mayList ? 403 : isPods ? 200 : 404;
    byte[] body =
        status == 200
            ? json.writeValueAsBytes(
                new PodListBuilder().withItems(selected(selector(exchange))).build())
            : "{\"kind\":\"Status\",\"status\":\"Failure\"}".getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String selector(HttpExchange exchange) {
    String selector =
        Arrays.stream(exchange.getRequestURI().getRawQuery().split("&", -1))
            .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
            .filter(part -> part.startsWith("labelSelector="))
            .map(part -> part.substring("labelSelector=".length()))
            .findAny()
            .orElse("");
    selectors.add(selector);
    return selector;
  }

  private List<Pod> selected(String selector) {
    Map<String, String> wanted = Manifests.labels(selector);
    return pods.stream()
        .filter(pod -> pod.getMetadata().getLabels().entrySet().containsAll(wanted.entrySet()))
        .toList();
  }

  private static KeyStore keys(Path file)
      throws IOException, GeneralSecurityException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "RSA",
                "-alias",
                "api",
                "-dname",
                "CN=kubernetes",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .inheritIO()
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool made no " + file);
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private static String pem(KeyStore keys) throws GeneralSecurityException {
    byte[] certificate = keys.getCertificate("api").getEncoded();
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate)
        + "\n-----END CERTIFICATE-----\n";
  }

  private static SSLContext context(KeyStore keys) throws GeneralSecurityException {
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
