package io.fengda.tenant;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads {@code fengda.tenant-defaults} and {@code fengda.tenants}, and what a tenant's
 * administrators set while the engine runs: it has the same names and bounds.
 */
public final class TenantSettings {
  /** As browsers write it (RFC 6454): in lower case, without the scheme's own port. */
  private static final Pattern ORIGIN =
      Pattern.compile("(http://(?!.*:80$)|https://(?!.*:443$))[a-z0-9.-]+(:[0-9]{1,5})?");

  private static final Duration DEADLINE_MAX = Duration.ofMinutes(5);
  private static final Duration RETENTION_MAX = Duration.ofDays(3650);
  private static final int TEXT_LENGTH_MAX = 2_000;
  private static final int VENDORS_MAX = 8;
  private static final int ORIGINS_MAX = 50;
  private static final Set<String> KEYS =
      Set.of("secret-keys", "publishable-keys", "token-secret", "token-secret-before");
  private static final Set<String> VENDOR_FIELDS =
      Set.of("name", "host", "port", "tls", "calls-max", "first-token");

  private final Config defaults;
  private final Config configured;

  private TenantSettings(Config defaults, Config configured) {
    this.defaults = defaults;
    this.configured = configured;
  }

  public static TenantSettings of(Config root) {
    return new TenantSettings(
        root.getConfig("fengda.tenant-defaults"), root.getConfig("fengda.tenants"));
  }

  /**
   * The tenants of the configuration.
   *
   * @throws IllegalArgumentException in one line that names the setting
   */
  public static Tenants from(Config root) {
    return of(root).tenants();
  }

  /** The same. */
  public Tenants tenants() {
    List<Tenant> all = new ArrayList<>();
    for (TenantId id : configured()) {
      Tenant tenant = read(id, Map.of(), true, configuredKeys(id), false);
      if (tenant.branding().listed() && tenant.keys().publishableKeys().isEmpty()) {
        throw new InvalidSettingException(id, "branding.listed", "needs a publishable key");
      }
      all.add(tenant);
    }
    return Tenants.of(all, read(new TenantId("-unknown"), Map.of(), false, TenantKeys.NONE, false));
  }

  /** The tenants that the configuration has. */
  public Set<TenantId> configured() {
    return configured.root().keySet().stream()
        .map(
            id -> {
              if (!TenantId.isValid(id) || id.startsWith("-")) {
                throw new IllegalArgumentException(
                    "fengda.tenants.%s: a tenant's id is [a-z0-9-]{1,32} and does not begin with a hyphen"
                        .formatted(id));
              }
              return new TenantId(id);
            })
        .collect(Collectors.toSet());
  }

  private Config own(TenantId id) {
    return configured.root().containsKey(id.value())
        ? configured.getConfig('"' + id.value() + '"')
        : ConfigFactory.empty();
  }

  /** The keys that the configuration gives a tenant; none where it knows no such tenant. */
  public TenantKeys configuredKeys(TenantId id) {
    Config own = own(id);
    if (own.isEmpty()) {
      return TenantKeys.NONE;
    }
    String key = "token-secret";
    try {
      List<String> secrets = new ArrayList<>(List.of(own.getString(key)));
      if (own.hasPath("token-secret-before")) {
        secrets.add(own.getString("token-secret-before"));
      }
      key = "secret-keys";
      List<String> secretKeys = own.getStringList(key);
      key = "publishable-keys";
      return TenantKeys.of(secretKeys, own.getStringList(key), secrets);
    } catch (ConfigException e) {
      throw new InvalidSettingException(id, key, reason(e));
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(
          id, "token-secret", String.valueOf(e.getMessage()).replaceFirst("^token-secret: ", ""));
    }
  }

  /**
   * A tenant as its settings make it.
   *
   * @param own what its administrators set, as in the configuration but with names in camelCase
   * @param configured whether what they do not set is as the configuration says of the tenant; it
   *     is as the defaults say otherwise
   * @throws InvalidSettingException if one is unknown or out of its bounds
   */
  public Tenant read(
      TenantId id,
      Map<String, Object> own,
      boolean configured,
      TenantKeys keys,
      boolean suspended) {
    ConfigObject named = ConfigValueFactory.fromMap(SettingNames.inKebabCase(own));
    requireKnown(id, "", named, defaults.root());
    return new EffectiveSettings(id, named.toConfig().withFallback(below(id, configured)))
        .tenant(keys, suspended);
  }

  private Config below(TenantId id, boolean isConfigured) {
    if (!isConfigured) {
      return defaults;
    }
    Config settings = own(id);
    for (String key : KEYS) {
      settings = settings.withoutPath(key);
    }
    return settings.withFallback(defaults);
  }

  /** All settings of a tenant as a tree, as {@link #read} takes them. */
  public Map<String, Object> all(TenantId id, Map<String, Object> own, boolean configured) {
    return SettingNames.inCamelCase(
        ConfigValueFactory.fromMap(SettingNames.inKebabCase(own))
            .withFallback(below(id, configured))
            .unwrapped());
  }

  private static void requireKnown(
      TenantId id, String prefix, ConfigObject own, ConfigObject known) {
    own.forEach(
        (name, value) -> {
          String key = prefix + name;
          ConfigValue like = known.get(name);
          if (like == null) {
            throw new InvalidSettingException(id, key, "there is no such setting");
          }
          if (like instanceof ConfigObject section && value instanceof ConfigObject given) {
            requireKnown(id, key + ".", given, section);
          } else if (!isLike(value, like)) {
            throw new InvalidSettingException(id, key, "expected " + nameOf(like));
          }
        });
  }

  private static boolean isLike(ConfigValue value, ConfigValue like) {
    // As in HOCON, a number or a switch may be written as a text.
    return value.valueType() == like.valueType()
        || (value.valueType() == ConfigValueType.STRING
            && !(like instanceof ConfigObject)
            && like.valueType() != ConfigValueType.LIST);
  }

  private static String nameOf(ConfigValue value) {
    return switch (value.unwrapped()) {
      case Map<?, ?> section -> "an object";
      case List<?> list -> "a list";
      case Number number -> "a number";
      case Boolean flag -> "true or false";
      default -> "a text";
    };
  }

  private static String reason(ConfigException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("not understood");
  }

  /** The settings of one tenant. */
  private record EffectiveSettings(TenantId id, Config config) {
    Tenant tenant(TenantKeys keys, boolean suspended) {
      return new Tenant(
          id,
          branding(),
          time("deadline", DEADLINE_MAX),
          get("overlap", (from, key) -> from.getEnum(OverlapPolicy.class, key)),
          byLanguage(tag -> text("fallback." + tag)),
          get("priority", (from, key) -> from.getEnum(Priority.class, key)),
          positive("open-turns-max"),
          positive("messages-per-second"),
          time("retention", RETENTION_MAX),
          vendors(),
          origins(),
          tokens(),
          keys,
          suspended);
    }

    private <T> T get(String key, BiFunction<Config, String, T> read) {
      try {
        return read.apply(config, key);
      } catch (ConfigException e) {
        throw invalid(key, reason(e));
      }
    }

    private InvalidSettingException invalid(String key, String reason) {
      return new InvalidSettingException(id, key, reason);
    }

    private String text(String key) {
      String text = get(key, Config::getString);
      if (text.length() > TEXT_LENGTH_MAX) {
        throw invalid(key, "more than %d characters".formatted(TEXT_LENGTH_MAX));
      }
      return text;
    }

    private Duration time(String key, Duration max) {
      Duration time = get(key, Config::getDuration);
      if (!time.isPositive() || time.compareTo(max) > 0) {
        throw invalid(key, "%s is not above 0 and at most %s".formatted(time, max));
      }
      return time;
    }

    private int positive(String key) {
      int value = get(key, Config::getInt);
      if (value < 1) {
        throw invalid(key, value + " is below 1");
      }
      return value;
    }

    private TokenRules tokens() {
      String issuer = text("tokens.issuer");
      String jwksUri = text("tokens.jwks-uri");
      try {
        return new TokenRules(
            issuer.isEmpty() ? id.value() : issuer,
            Set.copyOf(
                get(
                    "tokens.algorithms",
                    (from, key) -> from.getEnumList(TokenAlgorithm.class, key))),
            jwksUri.isEmpty() ? Optional.empty() : Optional.of(URI.create(jwksUri)));
      } catch (InvalidSettingException e) {
        throw e;
      } catch (IllegalArgumentException e) {
        throw within("tokens.", e);
      }
    }

    /** Of a value that names the setting before a colon. */
    private InvalidSettingException within(String prefix, IllegalArgumentException e) {
      String[] parts = String.valueOf(e.getMessage()).split(": ", 2);
      return invalid(prefix + parts[0], parts.length == 2 ? parts[1] : "not understood");
    }

    private Branding branding() {
      try {
        return new Branding(
            get("branding.listed", Config::getBoolean),
            byLanguage(tag -> nameOr(id, text("branding.name." + tag))),
            text("branding.color"),
            byLanguage(tag -> text("branding.greeting." + tag)),
            byLanguage(tag -> get("branding.suggestions." + tag, Config::getStringList)));
      } catch (InvalidSettingException e) {
        throw e;
      } catch (IllegalArgumentException e) {
        throw within("branding.", e);
      }
    }

    private static String nameOr(TenantId id, String name) {
      return name.isBlank() ? id.value() : name;
    }

    private static <T> Map<Language, T> byLanguage(Function<String, T> read) {
      return Arrays.stream(Language.values())
          .collect(Collectors.toMap(Function.identity(), language -> read.apply(language.tag())));
    }

    private Set<String> origins() {
      List<String> origins = get("allowed-origins", Config::getStringList);
      if (origins.size() > ORIGINS_MAX) {
        throw invalid("allowed-origins", "more than %d".formatted(ORIGINS_MAX));
      }
      for (String origin : origins) {
        if (!ORIGIN.matcher(origin).matches()) {
          throw invalid(
              "allowed-origins", "'%s' is not like https://www.example.com".formatted(origin));
        }
      }
      return Set.copyOf(origins);
    }

    private List<VendorEndpoint> vendors() {
      List<? extends Config> given = get("vendors", Config::getConfigList);
      if (given.size() > VENDORS_MAX) {
        throw invalid("vendors", "more than %d".formatted(VENDORS_MAX));
      }
      List<VendorEndpoint> vendors = new ArrayList<>();
      for (Config vendor : given) {
        vendors.add(vendor(vendor));
      }
      if (vendors.stream().map(VendorEndpoint::name).distinct().count() < vendors.size()) {
        throw invalid("vendors", "two have the same name");
      }
      return vendors;
    }

    private VendorEndpoint vendor(Config vendor) {
      for (String field : vendor.root().keySet()) {
        if (!VENDOR_FIELDS.contains(field)) {
          throw invalid("vendors", "there is no such setting: " + field);
        }
      }
      try {
        return new VendorEndpoint(
            vendor.getString("name"),
            vendor.getString("host"),
            vendor.getInt("port"),
            vendor.getBoolean("tls"),
            vendor.hasPath("calls-max") ? vendor.getInt("calls-max") : VendorEndpoint.CALLS_MAX,
            vendor.hasPath("first-token") ? vendor.getDuration("first-token") : null);
      } catch (ConfigException e) {
        throw invalid("vendors", reason(e));
      } catch (IllegalArgumentException e) {
        throw invalid("vendors", String.valueOf(e.getMessage()));
      }
    }
  }
}
