package io.fengda.tenant;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A tenant's settings.
 *
 * @param name for people
 * @param deadline from the start of an attempt to its end
 * @param fallbackTexts what the customer reads when there is no answer, for each language
 * @param openTurnsMax open turns of the tenant on one node; beyond it its messages are refused
 * @param messagesPerSecond messages and calls the tenant may make through one gateway
 * @param retention how long a conversation is kept after its last message
 * @param vendors in order of preference; the first is asked
 */
public record Tenant(
    TenantId id,
    String name,
    Duration deadline,
    OverlapPolicy overlap,
    Map<Language, String> fallbackTexts,
    int openTurnsMax,
    int messagesPerSecond,
    Duration retention,
    List<VendorEndpoint> vendors,
    TenantKeys keys) {
  public Tenant {
    fallbackTexts = Map.copyOf(fallbackTexts);
    vendors = List.copyOf(vendors);
    if (!fallbackTexts.keySet().containsAll(List.of(Language.values()))) {
      throw new IllegalArgumentException("fallback texts of " + id + " lack a language");
    }
  }
}
