package io.fengda.administration;

import akka.Done;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where the rows of tenants lie. Never blocks; called from many threads. */
public interface TenantRows {
  /** Deletes the rows of all conversations of a tenant; how many there were. */
  CompletionStage<Long> deleteConversations(String tenant);

  /** Deletes the rows of one actor. */
  CompletionStage<Done> deleteAll(String persistenceId);

  /**
   * Empties what the registry's journal says of a tenant, but for the deletion, as far as a
   * snapshot covers it; how many rows are left.
   *
   * @param persistenceId of the registry
   * @param tag of the tenant's rows in it
   */
  CompletionStage<Long> emptyBeforeLast(String persistenceId, String tag);

  /** An event of the registry, and its number. */
  record Row(long number, RegistryEvent event) {}

  /**
   * The newest events with a tag before a number.
   *
   * @param persistenceId of the registry
   */
  CompletionStage<List<Row>> newest(String persistenceId, String tag, long before, int limit);
}
