package io.fengda;

import static io.fengda.NodeSettings.Role.ANSWERER;
import static io.fengda.NodeSettings.Role.CONVERSATION;
import static io.fengda.NodeSettings.Role.GATEWAY;
import static io.fengda.NodeSettings.Role.WORKER;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.http.javadsl.ServerBinding;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.fengda.administration.Administration;
import io.fengda.administration.AdministrationSettings;
import io.fengda.administration.TenantErasure;
import io.fengda.answerer.AnswererServer;
import io.fengda.answerer.AnswererSettings;
import io.fengda.answerer.LanguageModelSettings;
import io.fengda.conversation.ConversationSettings;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.Queries;
import io.fengda.http.Gateway;
import io.fengda.http.HttpSettings;
import io.fengda.identity.IdentitySettings;
import io.fengda.identity.Tokens;
import io.fengda.journal.ErasureQueries;
import io.fengda.journal.GroupCommitSettings;
import io.fengda.journal.JournalDatabase;
import io.fengda.journal.Redriver;
import io.fengda.journal.RedriverSettings;
import io.fengda.journal.Retention;
import io.fengda.journal.RetentionSettings;
import io.fengda.journal.TenantRowQueries;
import io.fengda.queue.DeadLetters;
import io.fengda.queue.QueryPublisher;
import io.fengda.queue.QueueLag;
import io.fengda.queue.QueueSettings;
import io.fengda.queue.RecordPublisher;
import io.fengda.queue.ResultConsumer;
import io.fengda.queue.ResultPublisher;
import io.fengda.queue.Topics;
import io.fengda.quota.Leases;
import io.fengda.quota.QuotaKind;
import io.fengda.quota.QuotaSettings;
import io.fengda.telemetry.Metrics;
import io.fengda.telemetry.MetricsExtension;
import io.fengda.telemetry.Readiness;
import io.fengda.tenant.TenantSettings;
import io.fengda.tenant.Tenants;
import io.fengda.tenant.VendorEndpoint;
import io.fengda.vendor.EchoVendor;
import io.fengda.vendor.VendorCalls;
import io.fengda.vendor.VendorExplanations;
import io.fengda.vendor.VendorSettings;
import io.fengda.worker.Worker;
import io.fengda.worker.WorkerSettings;
import java.time.Clock;
import java.util.Optional;
import java.util.Random;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Starts a node: the roles that the configuration names, in the order a message passes them. */
public final class Main {
  static final String SYSTEM_NAME = "fengda";

  private Main() {}

  /** Starts a production node; ends the process with status 1 and one line if it can not. */
  public static void main(String[] args) {
    logEverythingHere();
    try {
      var unused = start(exitingWithSystem(ConfigFactory.load()), Progress.on(System.out));
    } catch (StartException | IllegalArgumentException | ConfigException e) {
      System.err.println("fengda can not start: " + e.getMessage());
      System.exit(1);
    }
  }

  /** What libraries log by {@code java.util.logging} goes the way of the rest. */
  public static void logEverythingHere() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  /** The configuration of a node whose process ends when it has shut down. */
  public static Config exitingWithSystem(Config config) {
    return ConfigFactory.parseString("akka.coordinated-shutdown.exit-jvm = on")
        .withFallback(config);
  }

  /**
   * Starts a node and waits until the first message can be sent.
   *
   * @throws StartException if something it needs is not there
   * @throws IllegalArgumentException if a setting is out of its range
   */
  public static ActorSystem<Void> start(Config config, Progress progress) {
    NodeSettings node = NodeSettings.from(config);
    Settings settings = Settings.from(node.config());
    JournalDatabase.useFewThreads();
    Preflight.checkPorts(node);
    Preflight.ensureSchema(node);
    progress.step("PostgreSQL has the journal");
    int partitions = Preflight.ensureTopics(settings.queue(), node);
    progress.step("Kafka has the topics");

    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), SYSTEM_NAME, node.config());
    try {
      startRoles(system, node, settings, partitions, progress);
      progress.say(
          "fengda ready: %s://%s:%d"
              .formatted(
                  settings.http().tls().hasIdentity() ? "https" : "http",
                  node.host(),
                  node.httpPort()));
    } catch (RuntimeException e) {
      system.terminate();
      throw e;
    }
    return system;
  }

  private record Settings(
      Tenants tenants,
      ConversationSettings conversation,
      GroupCommitSettings journal,
      RedriverSettings redriver,
      RetentionSettings retention,
      QueueSettings queue,
      WorkerSettings worker,
      VendorSettings vendor,
      AnswererSettings answerer,
      LanguageModelSettings models,
      QuotaSettings quota,
      HttpSettings http,
      IdentitySettings identity,
      AdministrationSettings administration,
      WarmUpSettings warmUp) {
    static Settings from(Config config) {
      return new Settings(
          TenantSettings.from(config),
          ConversationSettings.from(config),
          GroupCommitSettings.from(config),
          RedriverSettings.from(config),
          RetentionSettings.from(config),
          QueueSettings.from(config),
          WorkerSettings.from(config),
          VendorSettings.from(config),
          AnswererSettings.from(config),
          LanguageModelSettings.from(config),
          QuotaSettings.from(config),
          HttpSettings.from(config),
          IdentitySettings.from(config),
          AdministrationSettings.from(config),
          WarmUpSettings.from(config));
    }
  }

  private static void startRoles(
      ActorSystem<Void> system,
      NodeSettings node,
      Settings settings,
      int partitions,
      Progress progress) {
    Readiness readiness = Readiness.of(system);
    Startup startup = new Startup(system, node.startTimeout());
    WarmUp warmUp = new WarmUp(system, settings.warmUp(), settings.tenants(), progress);
    Metrics metrics = MetricsExtension.metrics(system);
    startup.joinCluster(node.asksKubernetes());
    progress.step("member of the cluster as " + node.roles());

    Administration administration =
        Administration.start(
            system,
            settings.administration(),
            CONVERSATION.tag(),
            settings.tenants(),
            TenantRowQueries.of(system));
    startup.await("the tenants", administration.open());
    progress.step("tenants");

    RecordPublisher records = RecordPublisher.start(system, settings.queue());
    DeadLetters deadLetters = new DeadLetters(records, metrics);
    Topics.keepEnsuring(system, settings.queue());

    if (node.has(ANSWERER)) {
      startup.await(
          "the answerer",
          AnswererServer.start(
              system, settings.answerer(), settings.models(), administration.knowledge()));
      progress.step("answerer");
    }
    // Before anybody gives this node work.
    Optional<VendorCalls> vendors = Optional.empty();
    if (node.has(WORKER)) {
      vendors = Optional.of(vendorCalls(system, settings, startup, metrics));
      warmUp.vendors(vendors.get());
    }
    Optional<Conversations> conversations = Optional.empty();
    if (node.has(GATEWAY) || node.has(CONVERSATION)) {
      JournalDatabase.keepLooking(system);
      Queries queries = QueryPublisher.create(records, partitions, settings.queue(), new Random());
      conversations =
          Optional.of(
              Conversations.start(
                  system,
                  settings.conversation(),
                  settings.tenants(),
                  leases(system, QuotaKind.OPEN_TURNS, CONVERSATION, settings),
                  queries,
                  ErasureQueries.of(system),
                  metrics));
      startup.awaitConversations(conversations.get());
      conversations.get().keepFindingShards();
      progress.step("conversations");
    }
    // What joins a group of consumers comes late: whoever is still busy with starting makes those
    // wait whose partitions it gets.
    if (node.has(WORKER)) {
      Worker.start(
          system,
          settings.worker(),
          settings.queue(),
          vendors.orElseThrow(),
          ResultPublisher.create(records, settings.queue(), new Random()),
          deadLetters,
          metrics);
      startup.awaitGroup(settings.queue(), Worker.GROUP);
      progress.step("worker");
    }
    if (node.has(CONVERSATION)) {
      Conversations own = conversations.orElseThrow();
      ResultConsumer.start(system, settings.queue(), own, records, deadLetters, metrics);
      QueueLag.start(system, settings.queue(), Topics.QUERIES, Worker.GROUP, metrics);
      Redriver.start(system, settings.redriver(), own);
      Retention.start(system, settings.retention(), own, settings.tenants());
      TenantErasure.start(
          system,
          settings.administration(),
          administration,
          TenantRowQueries.of(system),
          CONVERSATION.tag());
      startup.awaitGroup(settings.queue(), ResultConsumer.GROUP);
      if (node.has(WORKER)) {
        startup.awaitTurn(own);
      }
      progress.step("results");
    }
    if (node.has(GATEWAY)) {
      ServerBinding binding =
          startup.await(
              "the public port",
              Gateway.start(
                  system,
                  settings.http(),
                  new Gateway.Behind(
                      new Tokens(settings.tenants(), settings.identity(), Clock.systemUTC()),
                      settings.tenants(),
                      leases(system, QuotaKind.CALLS, GATEWAY, settings),
                      conversations.orElseThrow(),
                      administration,
                      VendorExplanations.of(system, settings.vendor()))));
      progress.step("gateway");
      warmUp.gateway(binding.localAddress(), settings.http().tls().hasIdentity());
    } else if (node.has(CONVERSATION)) {
      warmUp.conversations(conversations.orElseThrow());
    }
    readiness.started();
  }

  /** Of the tenants' vendors, and of the reserved tenant's, which is this worker's own. */
  private static VendorCalls vendorCalls(
      ActorSystem<Void> system, Settings settings, Startup startup, Metrics metrics) {
    VendorEndpoint echo = startup.await("the vendor of the warm-up", EchoVendor.start(system));
    settings.tenants().reservedVendor(echo);
    return VendorCalls.create(system, settings.vendor(), settings.tenants(), metrics);
  }

  private static Leases leases(
      ActorSystem<?> system, QuotaKind kind, NodeSettings.Role role, Settings settings) {
    return Leases.start(
        system, kind, role.tag(), Conversations.ROLE, settings.tenants(), settings.quota());
  }
}
