package io.fengda.administration;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.knowledge.KnowledgeStore;
import io.fengda.telemetry.LogAbout;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.TenantKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The door to what tenants know: typed asks. Thread-safe. */
public final class KnowledgeAdministration implements KnowledgeStore {
  private static final Logger log = LoggerFactory.getLogger(KnowledgeAdministration.class);

  /** Entries that fit into a message between nodes, and the characters of all of them. */
  public static final int PIECE_MAX = 100;

  public static final int PIECE_CHARS_MAX = KnowledgeEntry.CHARS_MAX;

  private final ActorSystem<?> system;
  private final Administration tenants;
  private final Duration timeout;

  KnowledgeAdministration(ActorSystem<?> system, Administration tenants, Duration timeout) {
    this.system = system;
    this.tenants = tenants;
    this.timeout = timeout;
  }

  /**
   * Entries in the order of their ids.
   *
   * @param total of the tenant
   * @param more whether there are others behind them
   */
  public record Page(long version, int total, List<KnowledgeEntry> entries, boolean more) {}

  /**
   * What became of a change.
   *
   * @param rejected by id, why an entry was not taken
   */
  public record Result(long version, Map<String, String> rejected) {}

  /**
   * What a tenant knows.
   *
   * @param after the id behind which to look
   * @param containing a text that the entries have in them, in any case; empty: all
   * @param limit of entries; there may be fewer
   */
  public CompletionStage<Page> list(TenantId tenant, String after, String containing, int limit) {
    return read(tenant, after, containing, limit)
        .thenApply(page -> new Page(page.version(), page.total(), page.entries(), page.more()));
  }

  private CompletionStage<KnowledgeBase.Page> read(
      TenantId tenant, String after, String containing, int limit) {
    return of(tenant)
        .ask(replyTo -> new KnowledgeBase.Read(after, containing, limit, replyTo), timeout);
  }

  private EntityRef<KnowledgeBase.Command> of(TenantId tenant) {
    return ClusterSharding.get(system).entityRefFor(KnowledgeBase.TYPE, tenant.value());
  }

  /** Puts entries that are new, or take the place of those of the same ids; one piece at most. */
  public CompletionStage<Result> put(TenantId tenant, List<KnowledgeEntry> entries, String by) {
    return put(tenant, entries, "", by);
  }

  private CompletionStage<Result> put(
      TenantId tenant, List<KnowledgeEntry> entries, String file, String by) {
    return of(tenant)
        .<KnowledgeBase.Result>ask(
            replyTo -> new KnowledgeBase.Put(entries, file, by, replyTo), timeout)
        .thenApply(result -> new Result(result.version(), result.rejected()));
  }

  /** Removes entries; one piece at most. */
  public CompletionStage<Result> remove(TenantId tenant, List<String> ids, String by) {
    return of(tenant)
        .<KnowledgeBase.Result>ask(replyTo -> new KnowledgeBase.Remove(ids, by, replyTo), timeout)
        .thenApply(result -> new Result(result.version(), result.rejected()));
  }

  /** Has nobody remember what a tenant knew; its rows are to be deleted then. */
  CompletionStage<Done> forget(String tenant) {
    return of(new TenantId(tenant)).ask(KnowledgeBase.Leave::new, timeout);
  }

  @Override
  public Map<TenantId, Long> versions() {
    return tenants.all().stream()
        .filter(tenant -> tenant.knowledge() > 0)
        .collect(Collectors.toMap(AdministeredTenant::tenantId, AdministeredTenant::knowledge));
  }

  @Override
  public CompletionStage<List<KnowledgeEntry>> entries(TenantId tenant) {
    return entries(tenant, "", new ArrayList<>());
  }

  private CompletionStage<List<KnowledgeEntry>> entries(
      TenantId tenant, String after, List<KnowledgeEntry> before) {
    return read(tenant, after, "", PIECE_MAX)
        .thenCompose(
            page -> {
              before.addAll(page.entries());
              return page.more()
                  ? entries(tenant, page.entries().getLast().id(), before)
                  : CompletableFuture.completedStage(before);
            });
  }

  @Override
  public CompletionStage<Boolean> take(TenantId tenant, List<KnowledgeEntry> file) {
    if (tenants.find(tenant).isEmpty() || file.size() > KnowledgeBase.ENTRIES_MAX) {
      return CompletableFuture.completedStage(false);
    }
    String fingerprint = TenantKeys.hash(file.toString());
    return read(tenant, "", "", 1)
        .thenCompose(
            page ->
                page.file().equals(fingerprint)
                    ? CompletableFuture.completedStage(true)
                    : putAll(tenant, file, fingerprint, 0)
                        .thenCompose(done -> taken(tenant, fingerprint))
                        .thenApply(done -> true));
  }

  private CompletionStage<Done> putAll(
      TenantId tenant, List<KnowledgeEntry> file, String fingerprint, int from) {
    if (from >= file.size()) {
      return CompletableFuture.completedStage(Done.getInstance());
    }
    int to = from + 1;
    int chars = file.get(from).chars();
    while (to < file.size()
        && to - from < PIECE_MAX
        && chars + file.get(to).chars() <= PIECE_CHARS_MAX) {
      chars += file.get(to).chars();
      to++;
    }
    int next = to;
    return put(
            tenant, List.copyOf(file.subList(from, to)), fingerprint, Administration.CONFIGURATION)
        .thenCompose(
            result -> {
              result
                  .rejected()
                  .forEach(
                      (id, why) ->
                          LogAbout.tenant(log.atWarn(), tenant.value())
                              .log("entry {} of the file: {}", id, why));
              return putAll(tenant, file, fingerprint, next);
            });
  }

  private CompletionStage<Done> taken(TenantId tenant, String fingerprint) {
    return of(tenant)
        .<KnowledgeBase.Result>ask(
            replyTo -> new KnowledgeBase.TakeFile(fingerprint, replyTo), timeout)
        .thenApply(result -> Done.getInstance());
  }
}
