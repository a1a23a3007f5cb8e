package io.fengda.answerer;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import io.fengda.tenant.TenantId;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads {@code fengda.openai}: language models behind {@code /v1/chat/completions}, for tenants.
 *
 * @param host the address to bind, for workers only
 * @param port the port to bind, 0 for any free one; bound only if a tenant has a model
 * @param tokensMax the longest answer, in the model's tokens
 * @param passagesMax entries of the tenant's knowledge that the model is given
 * @param timeout how long the model's server may be silent
 */
public record LanguageModelSettings(
    String host,
    int port,
    int tokensMax,
    int passagesMax,
    Duration timeout,
    Map<TenantId, Model> models) {
  private static final String PREFIX = "fengda.openai.";
  private static final int PORT_MAX = 65_535;
  private static final int PASSAGES_MAX = 16;

  /**
   * One tenant's model.
   *
   * @param baseUrl up to and with {@code /v1}
   * @param apiKey empty where the server wants none
   * @param stream whether the server can stream
   * @param prompt who the model is and how it speaks
   */
  public record Model(URI baseUrl, String model, String apiKey, boolean stream, String prompt) {
    /** Without the key, which is nobody's to read. */
    @Override
    public String toString() {
      return model + " at " + baseUrl;
    }
  }

  /** Checks the ranges; an {@link IllegalArgumentException} names the key that is out of its. */
  public LanguageModelSettings {
    models = Map.copyOf(models);
    check(!host.isBlank(), "host", "must not be empty");
    check(port >= 0 && port <= PORT_MAX, "port", "must be 0 to " + PORT_MAX + ", not " + port);
    check(tokensMax >= 1, "tokens-max", "must be at least 1, not " + tokensMax);
    check(
        passagesMax >= 1 && passagesMax <= PASSAGES_MAX,
        "passages-max",
        "must be 1 to " + PASSAGES_MAX + ", not " + passagesMax);
    check(timeout.isPositive(), "timeout", "must be above 0");
  }

  /** Reads {@code fengda.openai} of the whole configuration. */
  public static LanguageModelSettings from(Config config) {
    Config openai = config.getConfig("fengda.openai");
    Map<TenantId, Model> models = new LinkedHashMap<>();
    for (String id : openai.getConfig("tenants").root().keySet()) {
      String key = "tenants." + id;
      check(TenantId.isValid(id), key, "is not named after a tenant: [a-z0-9-]{1,32}");
      Config model =
          openai
              .getConfig("tenants." + ConfigUtil.quoteString(id))
              .withFallback(openai.getConfig("defaults"));
      models.put(TenantId.of(id), model(key, model));
    }
    return new LanguageModelSettings(
        openai.getString("host"),
        openai.getInt("port"),
        openai.getInt("tokens-max"),
        openai.getInt("passages-max"),
        openai.getDuration("timeout"),
        models);
  }

  private static Model model(String key, Config config) {
    URI baseUrl;
    try {
      baseUrl = URI.create(config.getString("base-url"));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(PREFIX + key + ".base-url is not a URL", e);
    }
    boolean isHttp = "https".equals(baseUrl.getScheme()) || "http".equals(baseUrl.getScheme());
    check(isHttp && baseUrl.getHost() != null, key + ".base-url", "must be http(s)://host/…/v1");
    check(!config.getString("model").isBlank(), key + ".model", "must not be empty");
    return new Model(
        baseUrl,
        config.getString("model"),
        config.getString("api-key"),
        config.getBoolean("stream"),
        config.getString("prompt"));
  }

  private static void check(boolean holds, String key, String fault) {
    if (!holds) {
      throw new IllegalArgumentException(PREFIX + key + " " + fault);
    }
  }
}
