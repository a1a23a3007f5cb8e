package io.fengda.tenant;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads {@code fengda.tenant-defaults} and {@code fengda.tenants}. */
public final class TenantSettings {
  private static final int TOKEN_SECRET_BYTES_MIN = 32;

  /** As browsers write it (RFC 6454): in lower case, without the scheme's own port. */
  private static final Pattern ORIGIN =
      Pattern.compile("(http://(?!.*:80$)|https://(?!.*:443$))[a-z0-9.-]+(:[0-9]{1,5})?");

  private static final Duration DEADLINE_MAX = Duration.ofMinutes(5);

  private TenantSettings() {}

  /**
   * Reads the tenants; each takes what it does not set itself from the defaults.
   *
   * @throws IllegalArgumentException in one line that names the setting
   */
  public static Tenants from(Config root) {
    Config defaults = root.getConfig("fengda.tenant-defaults");
    ConfigObject tenants = root.getObject("fengda.tenants");
    return Tenants.of(
        tenants.keySet().stream()
            .map(id -> tenant(id, tenants.toConfig().getConfig('"' + id + '"'), defaults))
            .toList(),
        read(new TenantId("-unknown"), defaults, new TenantKeys(List.of(), List.of(), "")));
  }

  private static Tenant tenant(String id, Config own, Config defaults) {
    String path = "fengda.tenants." + id;
    if (!TenantId.isValid(id) || id.startsWith("-")) {
      throw new IllegalArgumentException(
          path + ": a tenant's id is [a-z0-9-]{1,32} and does not begin with a hyphen");
    }
    try {
      return read(new TenantId(id), own.withFallback(defaults), keys(path, own));
    } catch (ConfigException e) {
      throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
    }
  }

  private static TenantKeys keys(String path, Config own) {
    String secret = own.getString("token-secret");
    if (secret.getBytes(StandardCharsets.UTF_8).length < TOKEN_SECRET_BYTES_MIN) {
      throw new IllegalArgumentException(
          path + ".token-secret: HS256 needs at least " + TOKEN_SECRET_BYTES_MIN + " bytes");
    }
    return new TenantKeys(
        own.getStringList("secret-keys"), own.getStringList("publishable-keys"), secret);
  }

  private static Tenant read(TenantId id, Config config, TenantKeys keys) {
    Duration deadline = config.getDuration("deadline");
    if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(DEADLINE_MAX) > 0) {
      throw new IllegalArgumentException(
          "fengda.tenants.%s.deadline: %s is not above 0 and at most %s"
              .formatted(id, deadline, DEADLINE_MAX));
    }
    Duration retention = config.getDuration("retention");
    if (retention.isNegative() || retention.isZero()) {
      throw new IllegalArgumentException(
          "fengda.tenants.%s.retention: %s is not above 0".formatted(id, retention));
    }
    return new Tenant(
        id,
        branding(id, config, keys),
        deadline,
        config.getEnum(OverlapPolicy.class, "overlap"),
        byLanguage(tag -> config.getString("fallback." + tag)),
        config.getEnum(Priority.class, "priority"),
        positive(id, config, "open-turns-max"),
        positive(id, config, "messages-per-second"),
        retention,
        vendors(id, config),
        origins(id, config),
        keys);
  }

  private static Branding branding(TenantId id, Config config, TenantKeys keys) {
    Config branding = config.getConfig("branding");
    boolean listed = branding.getBoolean("listed");
    if (listed && keys.publishableKeys().isEmpty()) {
      throw new IllegalArgumentException(
          "fengda.tenants.%s.branding.listed: needs a publishable key".formatted(id));
    }
    try {
      return new Branding(
          listed,
          byLanguage(tag -> nameOr(id, branding.getString("name." + tag))),
          branding.getString("color"),
          byLanguage(tag -> branding.getString("greeting." + tag)),
          byLanguage(tag -> branding.getStringList("suggestions." + tag)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "fengda.tenants.%s.branding.%s".formatted(id, e.getMessage()), e);
    }
  }

  private static String nameOr(TenantId id, String name) {
    return name.isBlank() ? id.value() : name;
  }

  private static <T> Map<Language, T> byLanguage(Function<String, T> read) {
    return Arrays.stream(Language.values())
        .collect(Collectors.toMap(Function.identity(), language -> read.apply(language.tag())));
  }

  private static Set<String> origins(TenantId id, Config config) {
    List<String> origins = config.getStringList("allowed-origins");
    for (String origin : origins) {
      if (!ORIGIN.matcher(origin).matches()) {
        throw new IllegalArgumentException(
            "fengda.tenants.%s.allowed-origins: '%s' is not like https://www.example.com"
                .formatted(id, origin));
      }
    }
    return Set.copyOf(origins);
  }

  private static int positive(TenantId id, Config config, String key) {
    int value = config.getInt(key);
    if (value < 1) {
      throw new IllegalArgumentException(
          "fengda.tenants.%s.%s: %d is below 1".formatted(id, key, value));
    }
    return value;
  }

  private static List<VendorEndpoint> vendors(TenantId id, Config config) {
    try {
      List<VendorEndpoint> vendors =
          config.getConfigList("vendors").stream().map(TenantSettings::vendor).toList();
      if (vendors.stream().map(VendorEndpoint::name).distinct().count() < vendors.size()) {
        throw new IllegalArgumentException("two have the same name");
      }
      return vendors;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "fengda.tenants.%s.vendors: %s".formatted(id, e.getMessage()), e);
    }
  }

  private static VendorEndpoint vendor(Config config) {
    return new VendorEndpoint(
        config.getString("name"),
        config.getString("host"),
        config.getInt("port"),
        config.getBoolean("tls"),
        config.hasPath("calls-max") ? config.getInt("calls-max") : VendorEndpoint.CALLS_MAX,
        config.hasPath("first-token") ? config.getDuration("first-token") : null);
  }
}
