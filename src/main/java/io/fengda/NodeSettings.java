package io.fengda;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import io.fengda.tls.TlsSettings;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a node is: its roles, its addresses, how long its start may take.
 *
 * @param host of the public port
 * @param bindHost of the cluster and management ports
 * @param asksKubernetes whether it finds the cluster by the Kubernetes API and not by seed nodes
 * @param config the whole configuration, with Akka's own settings derived from ours
 */
public record NodeSettings(
    Config config,
    Set<Role> roles,
    String host,
    String bindHost,
    boolean asksKubernetes,
    String answererHost,
    int httpPort,
    int managementPort,
    int clusterPort,
    int answererPort,
    Duration startTimeout) {

  private static final Map<String, String> DATABASE_TLS =
      Map.of("sslmode", "mode", "sslrootcert", "root-cert", "sslcert", "cert", "sslkey", "key");

  /** Those that go without encryption at times are none. */
  private static final Set<String> DATABASE_TLS_MODES =
      Set.of("require", "verify-ca", "verify-full");

  private static final String KUBERNETES = "kubernetes";

  /** A part of the engine that can have its own nodes. */
  public enum Role {
    GATEWAY,
    CONVERSATION,
    WORKER,
    ANSWERER;

    String tag() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Reads the settings.
   *
   * @throws StartException where one of them can not be
   */
  public static NodeSettings from(Config root) {
    Config fengda = root.getConfig("fengda");
    Set<Role> roles =
        split(fengda.getString("roles")).stream()
            .map(NodeSettings::role)
            .collect(Collectors.toUnmodifiableSet());
    boolean asksKubernetes = asksKubernetes(fengda);
    Config derived =
        ConfigFactory.parseMap(
            derived(root, fengda, roles, asksKubernetes), "derived from fengda's settings");
    return new NodeSettings(
        derived.withFallback(root).resolve(),
        roles,
        fengda.getString("http.host"),
        fengda.getString("cluster.bind-host"),
        asksKubernetes,
        fengda.getString("answerer.host"),
        fengda.getInt("http.port"),
        fengda.getInt("cluster.management-port"),
        fengda.getInt("cluster.port"),
        fengda.getInt("answerer.port"),
        fengda.getDuration("start-timeout"));
  }

  public boolean has(Role role) {
    return roles.contains(role);
  }

  private static Role role(String tag) {
    return Arrays.stream(Role.values())
        .filter(role -> role.tag().equals(tag))
        .findAny()
        .orElseThrow(
            () ->
                new StartException(
                    "fengda.roles (FENGDA_ROLES): there is no role '%s'; choose from gateway,conversation,worker,answerer"
                        .formatted(tag)));
  }

  private static boolean asksKubernetes(Config fengda) {
    String bootstrap = fengda.getString("cluster.bootstrap");
    if (!Set.of("", KUBERNETES).contains(bootstrap)) {
      throw new StartException(
          "fengda.cluster.bootstrap (FENGDA_CLUSTER_BOOTSTRAP): expected '%s' or nothing, not '%s'"
              .formatted(KUBERNETES, bootstrap));
    }
    if (!bootstrap.isEmpty() && !fengda.getString("cluster.seed-nodes").isEmpty()) {
      throw new StartException(
          "FENGDA_CLUSTER_BOOTSTRAP and FENGDA_SEED_NODES: a node has one way into the cluster");
    }
    return !bootstrap.isEmpty();
  }

  private static Map<String, Object> derived(
      Config root, Config fengda, Set<Role> roles, boolean asksKubernetes) {
    Map<String, Object> akka = new LinkedHashMap<>();
    akka.put(
        "akka.cluster.roles",
        ConfigValueFactory.fromIterable(roles.stream().map(Role::tag).toList()));
    akka.put(
        "akka.cluster.seed-nodes",
        ConfigValueFactory.fromIterable(asksKubernetes ? List.of() : seeds(fengda)));
    if (!asksKubernetes) {
      // Nobody asks this node where the cluster is.
      akka.put("akka.management.http.routes.cluster-bootstrap", "");
    }
    akka.putAll(database(fengda.getString("database.url")));
    akka.putAll(clusterTls(TlsSettings.from(root, "fengda.cluster.tls")));
    return akka;
  }

  private static List<String> seeds(Config fengda) {
    List<String> given = split(fengda.getString("cluster.seed-nodes"));
    String self = fengda.getString("cluster.host") + ":" + fengda.getInt("cluster.port");
    return (given.isEmpty() ? List.of(self) : given)
        .stream().map(node -> "akka://" + Main.SYSTEM_NAME + "@" + node).toList();
  }

  /** Both sides of a connection prove who they are. */
  private static Map<String, Object> clusterTls(TlsSettings files) {
    if (files.isEmpty()) {
      return Map.of();
    }
    if (!files.hasIdentity() || files.trust().isEmpty()) {
      throw new StartException(
          files.setting() + ": certificate, key and trust go together; one of them is empty");
    }
    String engine = "akka.remote.artery.ssl.rotating-keys-engine.";
    return Map.of(
        "akka.remote.artery.transport",
        "tls-tcp",
        "akka.remote.artery.ssl.ssl-engine-provider",
        "akka.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider",
        engine + "cert-file",
        files.certificate().orElseThrow().toString(),
        engine + "key-file",
        files.key().orElseThrow().toString(),
        engine + "ca-cert-file",
        files.trust().get().toString(),
        engine + "protocol",
        "TLSv1.3",
        engine + "enabled-algorithms",
        List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"),
        engine + "ssl-context-cache-ttl",
        files.reload().toMillis() + "ms");
  }

  private static Map<String, Object> database(String url) {
    String wanted =
        "fengda.database.url (FENGDA_DATABASE_URL): expected"
            + " postgres://user:password@host:port/database, with ?sslmode=verify-full and"
            + " &sslrootcert=FILE (&sslcert=FILE&sslkey=FILE) where it is encrypted";
    if (url.isEmpty()) {
      throw new StartException(
          wanted + "; to run everything on one machine: mvn compile exec:exec");
    }
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new StartException(wanted, e);
    }
    String userInfo = uri.getRawUserInfo();
    String path = uri.getPath();
    int colon = userInfo == null ? -1 : userInfo.indexOf(':');
    if (!Set.of("postgres", "postgresql").contains(String.valueOf(uri.getScheme()))
        || userInfo == null
        || colon < 1
        || uri.getHost() == null
        || path == null
        || path.length() < 2) {
      throw new StartException(wanted);
    }
    Map<String, Object> database = new LinkedHashMap<>();
    for (String pool : List.of("akka.persistence.r2dbc", "fengda.history")) {
      String prefix = pool + ".connection-factory.";
      database.put(prefix + "host", uri.getHost());
      database.put(prefix + "port", uri.getPort() < 0 ? 5432 : uri.getPort());
      database.put(prefix + "user", decoded(userInfo.substring(0, colon)));
      database.put(prefix + "password", decoded(userInfo.substring(colon + 1)));
      database.put(prefix + "database", path.substring(1));
      database.putAll(databaseTls(uri, prefix + "ssl.", wanted));
    }
    return database;
  }

  /** The parameters of the URL that libpq knows by the same names. */
  private static Map<String, Object> databaseTls(URI uri, String prefix, String wanted) {
    Map<String, Object> ssl = new LinkedHashMap<>();
    for (String parameter :
        uri.getRawQuery() == null ? List.<String>of() : List.of(uri.getRawQuery().split("&", -1))) {
      String[] parts = parameter.split("=", 2);
      String key = DATABASE_TLS.get(parts[0]);
      if (key == null || parts.length < 2) {
        throw new StartException(wanted);
      }
      ssl.put(prefix + key, decoded(parts[1]));
    }
    if (ssl.isEmpty()) {
      return ssl;
    }
    if (!DATABASE_TLS_MODES.contains(String.valueOf(ssl.get(prefix + "mode")))) {
      throw new StartException(wanted);
    }
    ssl.put(prefix + "enabled", true);
    return ssl;
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static List<String> split(String list) {
    return Arrays.stream(list.split(",", -1)).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }
}
