package io.fengda;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
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
 * @param config the whole configuration, with Akka's own settings derived from ours
 */
public record NodeSettings(
    Config config,
    Set<Role> roles,
    String host,
    String bindHost,
    String answererHost,
    int httpPort,
    int managementPort,
    int clusterPort,
    int answererPort,
    Duration startTimeout) {

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
    Config derived =
        ConfigFactory.parseMap(derived(fengda, roles), "derived from fengda's settings");
    return new NodeSettings(
        derived.withFallback(root).resolve(),
        roles,
        fengda.getString("http.host"),
        fengda.getString("cluster.bind-host"),
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

  private static Map<String, Object> derived(Config fengda, Set<Role> roles) {
    Map<String, Object> akka = new LinkedHashMap<>();
    akka.put(
        "akka.cluster.roles",
        ConfigValueFactory.fromIterable(roles.stream().map(Role::tag).toList()));
    akka.put("akka.cluster.seed-nodes", ConfigValueFactory.fromIterable(seeds(fengda)));
    akka.putAll(database(fengda.getString("database.url")));
    return akka;
  }

  private static List<String> seeds(Config fengda) {
    List<String> given = split(fengda.getString("cluster.seed-nodes"));
    String self = fengda.getString("cluster.host") + ":" + fengda.getInt("cluster.port");
    return (given.isEmpty() ? List.of(self) : given)
        .stream().map(node -> "akka://" + Main.SYSTEM_NAME + "@" + node).toList();
  }

  private static Map<String, Object> database(String url) {
    String wanted =
        "fengda.database.url (FENGDA_DATABASE_URL): expected"
            + " postgres://user:password@host:port/database";
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
        || uri.getQuery() != null
        || userInfo == null
        || colon < 1
        || uri.getHost() == null
        || path == null
        || path.length() < 2) {
      throw new StartException(wanted);
    }
    String prefix = "akka.persistence.r2dbc.connection-factory.";
    return Map.of(
        prefix + "host", uri.getHost(),
        prefix + "port", uri.getPort() < 0 ? 5432 : uri.getPort(),
        prefix + "user", decoded(userInfo.substring(0, colon)),
        prefix + "password", decoded(userInfo.substring(colon + 1)),
        prefix + "database", path.substring(1));
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static List<String> split(String list) {
    return Arrays.stream(list.split(",", -1)).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }
}
