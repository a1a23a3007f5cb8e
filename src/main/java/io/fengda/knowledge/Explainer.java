package io.fengda.knowledge;

import io.fengda.tenant.Language;
import io.fengda.tenant.Tenant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Asks those of a tenant's vendors that can explain themselves. Thread-safe. */
@FunctionalInterface
public interface Explainer {
  /** What the first of them finds; empty where none can say. */
  CompletionStage<Optional<Explanation>> explain(Tenant tenant, Language language, String question);
}
