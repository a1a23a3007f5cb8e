package io.fengda.tenant;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A tenant's settings.
 *
 * @param branding how it presents itself to its customers
 * @param deadline from the start of an attempt to its end
 * @param fallbackTexts what the customer reads when there is no answer, for each language
 * @param priority who is refused last when not all can be answered in time
 * @param openTurnsMax open turns of the tenant in the cluster; beyond it its messages are refused
 * @param messagesPerSecond messages and calls the tenant may make through all gateways
 * @param retention how long a conversation is kept after its last message
 * @param vendors in order of preference; the next is asked when one fails
 * @param allowedOrigins other sites whose pages may call for the tenant, such as {@code
 *     https://www.example.com}
 * @param tokens which tokens it may sign itself
 * @param suspended whether nobody may call for it; what is open ends
 */
public record Tenant(
    TenantId id,
    Branding branding,
    Duration deadline,
    OverlapPolicy overlap,
    Map<Language, String> fallbackTexts,
    Priority priority,
    int openTurnsMax,
    int messagesPerSecond,
    Duration retention,
    List<VendorEndpoint> vendors,
    Set<String> allowedOrigins,
    TokenRules tokens,
    TenantKeys keys,
    boolean suspended) {
  public Tenant {
    fallbackTexts = Map.copyOf(fallbackTexts);
    vendors = List.copyOf(vendors);
    allowedOrigins = Set.copyOf(allowedOrigins);
    if (!fallbackTexts.keySet().containsAll(List.of(Language.values()))) {
      throw new IllegalArgumentException("fallback texts of " + id + " lack a language");
    }
  }

  /** The same with other keys. */
  public Tenant with(TenantKeys newKeys, boolean isSuspended) {
    return new Tenant(
        id,
        branding,
        deadline,
        overlap,
        fallbackTexts,
        priority,
        openTurnsMax,
        messagesPerSecond,
        retention,
        vendors,
        allowedOrigins,
        tokens,
        newKeys,
        isSuspended);
  }
}
