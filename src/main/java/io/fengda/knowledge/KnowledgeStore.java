package io.fengda.knowledge;

import io.fengda.tenant.TenantId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Where what tenants know is kept. Never blocks; called from many threads. */
public interface KnowledgeStore {
  /** Keeps nothing: files are all there is. */
  KnowledgeStore NONE =
      new KnowledgeStore() {
        @Override
        public Map<TenantId, Long> versions() {
          return Map.of();
        }

        @Override
        public CompletionStage<List<KnowledgeEntry>> entries(TenantId tenant) {
          return CompletableFuture.completedStage(List.of());
        }

        @Override
        public CompletionStage<Boolean> take(TenantId tenant, List<KnowledgeEntry> file) {
          return CompletableFuture.completedStage(false);
        }
      };

  /** The tenants whose knowledge is kept, each with a number that grows with every change. */
  Map<TenantId, Long> versions();

  /** All that a tenant knows, in the order of the ids. */
  CompletionStage<List<KnowledgeEntry>> entries(TenantId tenant);

  /**
   * Takes up what a file says, unless it is the file that was taken last: its entries take the
   * place of those of the same ids, and those of the file before that it lacks go.
   *
   * @return whether the store has it: not of a tenant that there is not, and not of a file that is
   *     larger than what it keeps
   */
  CompletionStage<Boolean> take(TenantId tenant, List<KnowledgeEntry> file);
}
