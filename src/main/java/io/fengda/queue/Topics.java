package io.fengda.queue;

import akka.actor.typed.ActorSystem;
import io.fengda.telemetry.Readiness;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fengda's topics. The engine makes them, also again on a broker that came back empty. */
public final class Topics {
  /** Queries about text, for one worker of the group each. */
  public static final String QUERIES = "fengda.queries.text";

  /** Deltas and results; those of an attempt in their order. */
  public static final String RESULTS = "fengda.results";

  /** Attempts that nobody waits for any more, for every worker. */
  public static final String CANCELS = "fengda.cancels";

  /** Records that could not be processed, for operators. */
  public static final String DEAD = "fengda.dead";

  private static final Logger log = LoggerFactory.getLogger(Topics.class);
  private static final List<String> ALL = List.of(QUERIES, RESULTS, CANCELS, DEAD);

  private final Admin admin;
  private final QueueSettings settings;

  private Topics(Admin admin, QueueSettings settings) {
    this.admin = admin;
    this.settings = settings;
  }

  /**
   * Creates the topics that are missing. Blocks: for the start of a node, before anything else
   * runs.
   *
   * @throws java.util.concurrent.ExecutionException if Kafka refuses
   * @throws java.util.concurrent.TimeoutException if Kafka can not be reached within the time
   */
  public static int ensure(QueueSettings settings, Duration timeout) throws Exception {
    try (Admin admin = admin(settings, timeout)) {
      Topics topics = new Topics(admin, settings);
      return topics
          .createMissing(() -> {})
          .thenCompose(created -> topics.partitions())
          .toCompletableFuture()
          .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** A topic that was just made may not be known to every broker yet: it has what was asked for. */
  private CompletionStage<Integer> partitions() {
    return admin
        .describeTopics(List.of(QUERIES))
        .allTopicNames()
        .toCompletionStage()
        .thenApply(topics -> topics.values().iterator().next().partitions().size())
        .exceptionally(unknown -> settings.partitions());
  }

  /** Creates what is missing again and again, for a broker may come back empty. */
  public static void keepEnsuring(ActorSystem<?> system, QueueSettings settings) {
    Topics topics = new Topics(admin(settings, settings.topicCheck()), settings);
    Readiness readiness = Readiness.of(system);
    var check =
        system
            .scheduler()
            .scheduleWithFixedDelay(
                settings.topicCheck(),
                settings.topicCheck(),
                () -> {
                  var unused = topics.createMissing(() -> readiness.seen("the broker"));
                },
                system.executionContext());
    var unused =
        system
            .getWhenTerminated()
            .thenRun(
                () -> {
                  check.cancel();
                  topics.admin.close(Duration.ZERO);
                });
  }

  /** Whether the group's members have agreed on who reads what. */
  public static boolean isGroupStable(QueueSettings settings, String group, Duration timeout) {
    try (Admin admin = admin(settings, timeout)) {
      return admin
          .describeConsumerGroups(List.of(group))
          .all()
          .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
          .values()
          .stream()
          .allMatch(described -> described.groupState() == GroupState.STABLE);
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  static Admin admin(QueueSettings settings, Duration timeout) {
    Map<String, Object> client = new HashMap<>(settings.client());
    client.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) timeout.toMillis());
    client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) timeout.toMillis());
    return Admin.create(client);
  }

  private CompletionStage<Void> createMissing(Runnable answered) {
    return admin
        .listTopics()
        .names()
        .toCompletionStage()
        .thenApply(
            names -> {
              answered.run();
              return names;
            })
        .thenCompose(this::createMissing)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                log.warn("Kafka's topics could not be checked: {}", failure.toString());
              }
            });
  }

  private CompletionStage<Void> createMissing(Set<String> existing) {
    Collection<NewTopic> missing =
        ALL.stream().filter(topic -> !existing.contains(topic)).map(this::newTopic).toList();
    if (!missing.isEmpty()) {
      log.info("creating Kafka topics {}", missing.stream().map(NewTopic::name).toList());
    }
    return admin
        .createTopics(missing)
        .all()
        .toCompletionStage()
        .exceptionallyCompose(
            failure ->
                failure instanceof TopicExistsException
                    ? CompletableFuture.completedStage(null)
                    : CompletableFuture.failedStage(failure));
  }

  private NewTopic newTopic(String name) {
    return new NewTopic(name, settings.partitions(), settings.replicationFactor())
        .configs(
            Map.of(
                TopicConfig.RETENTION_MS_CONFIG,
                Long.toString(settings.retention().toMillis()),
                TopicConfig.COMPRESSION_TYPE_CONFIG,
                "producer"));
  }
}
