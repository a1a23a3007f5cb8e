package io.fengda.answerer;

import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.tenant.TenantId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What every tenant knows. Safe for use by many threads. */
@FunctionalInterface
public interface Knowledge {
  /** What a tenant knows now; nothing for a tenant without a file. */
  Optional<TenantKnowledge> tenant(TenantId tenant);

  /** Knowledge that stays as it is, found by its words. */
  static Knowledge of(Map<TenantId, List<KnowledgeEntry>> entries) {
    Map<TenantId, TenantKnowledge> tenants =
        entries.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, tenant -> TenantKnowledge.of(tenant.getValue())));
    return tenant -> Optional.ofNullable(tenants.get(tenant));
  }
}
