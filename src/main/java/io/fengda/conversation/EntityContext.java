package io.fengda.conversation;

import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.TurnRules;
import io.fengda.telemetry.Metrics;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.Tenants;
import java.time.Clock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What all entities of a node share. Thread-safe.
 *
 * @param leaving told of each conversation that stops with an open turn
 */
record EntityContext(
    ConversationSettings settings,
    Tenants tenants,
    Queries queries,
    OpenTurns openTurns,
    LocalShards shards,
    Metrics metrics,
    TurnStories stories,
    Clock clock,
    Supplier<String> ids,
    Consumer<ConversationId> leaving) {

  Tenant tenant(TenantId id) {
    return tenants.orDefaults(id);
  }

  TurnRules rulesOf(TenantId id) {
    Tenant tenant = tenant(id);
    return new TurnRules(
        settings.limits(), tenant.overlap(), settings.abandonAfter(), tenant.fallbackTexts());
  }

  /** A random id that no one can guess. */
  String newId() {
    return ids.get();
  }
}
