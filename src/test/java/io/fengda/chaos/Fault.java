package io.fengda.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** What may happen to an engine in production. */
enum Fault {
  KILL_NODE("kill -9 of a node", Promise.TAKEN_OVER) {
    @Override
    Injection inject(Lab lab, Random random) {
      EngineNode victim = anyOf(lab.nodes(), random);
      Predicate<Dialogue> affected = livesOn(lab, victim);
      String which = lab.isOldest(victim) ? ", the oldest" : "";
      victim.kill9();
      return new Injection(victim.name() + which, affected, () -> started(victim));
    }
  },

  ROLLING_RESTART("rolling restart of all nodes", Promise.UNNOTICED) {
    @Override
    Injection inject(Lab lab, Random random) {
      List<String> problems = new ArrayList<>();
      for (EngineNode node : lab.nodes()) {
        if (!node.stop()) {
          problems.add(node.name() + " had to be killed");
        }
        node.start();
        lab.awaitWhole();
      }
      return new Injection("all", Injection.EVERYBODY, () -> problems);
    }
  },

  DRAIN_FROM_THE_PAGE("two nodes drained by clicks on the operator's page", Promise.UNNOTICED) {
    @Override
    Injection inject(Lab lab, Random random) {
      List<EngineNode> order = new ArrayList<>(lab.nodes());
      Collections.shuffle(order, random);
      EngineNode page = order.removeLast();
      List<String> problems = new ArrayList<>();
      for (EngineNode node : order) {
        if (!lab.drain(page, node)) {
          problems.add(node.name() + " had to be killed");
        }
      }
      order.forEach(EngineNode::start);
      order.forEach(EngineNode::awaitReady);
      return new Injection("from " + page.name(), Injection.EVERYBODY, () -> problems);
    }
  },

  RESTORE("all stopped, PostgreSQL restored from its backup, Kafka empty", Promise.SOME_TIME) {
    @Override
    void prepare(Lab lab) {
      lab.services().backUp();
    }

    @Override
    Injection inject(Lab lab, Random random) {
      List<String> problems =
          lab.nodes().parallelStream()
              .filter(node -> !node.stop())
              .map(node -> node.name() + " had to be killed")
              .toList();
      lab.services().restore();
      lab.nodes().forEach(EngineNode::start);
      lab.nodes().forEach(EngineNode::awaitReady);
      return new Injection("", Injection.EVERYBODY, () -> problems);
    }
  },

  FREEZE_NODE("SIGSTOP of a node for 25 s", Promise.SOME_TIME) {
    @Override
    Injection inject(Lab lab, Random random) {
      EngineNode victim = anyOf(lab.nodes(), random);
      Predicate<Dialogue> affected = livesOn(lab, victim);
      victim.freeze();
      ClientContext.pause(BEYOND_DETECTION);
      victim.thaw();
      return new Injection(victim.name(), affected, () -> endedAndStarted(victim));
    }
  },

  STARVE_NODE("a node with a fifth of its CPU for 15 s", Promise.SOME_TIME) {
    @Override
    Injection inject(Lab lab, Random random) {
      EngineNode victim = anyOf(lab.nodes(), random);
      Predicate<Dialogue> affected = livesOn(lab, victim);
      for (int slice = 0; slice < 30; slice++) {
        victim.freeze();
        ClientContext.pause(Duration.ofMillis(400));
        victim.thaw();
        ClientContext.pause(Duration.ofMillis(100));
      }
      return new Injection(victim.name(), affected, () -> stillAMember(lab, victim));
    }
  },

  PARTITION("partition of a node for 25 s", Promise.SOME_TIME) {
    @Override
    Injection inject(Lab lab, Random random) {
      return partition(lab, anyOf(lab.nodes(), random), true, true);
    }
  },

  PARTITION_DEAF("a node that hears no other for 25 s", Promise.SOME_TIME) {
    @Override
    Injection inject(Lab lab, Random random) {
      return partition(lab, anyOf(lab.nodes(), random), true, false);
    }
  },

  PARTITION_MUTE("a node that no other hears for 25 s", Promise.SOME_TIME) {
    @Override
    Injection inject(Lab lab, Random random) {
      return partition(lab, anyOf(lab.nodes(), random), false, true);
    }
  },

  KILL_POSTGRES("kill -9 of PostgreSQL", Promise.FLOWS_AGAIN) {
    @Override
    Injection inject(Lab lab, Random random) {
      lab.services().killPostgres();
      return back(lab.services()::startPostgres, random);
    }
  },

  FREEZE_POSTGRES("freeze of PostgreSQL for 30 s", Promise.FLOWS_AGAIN) {
    @Override
    Injection inject(Lab lab, Random random) {
      return thawed(lab.services().freezePostgres());
    }
  },

  DELAY_COMMITS("COMMIT replies up to 12 s late", Promise.FLOWS_AGAIN) {
    @Override
    Injection inject(Lab lab, Random random) {
      lab.nodes()
          .forEach(
              node ->
                  node.databaseProxy()
                      .delayCommits(() -> Duration.ofMillis(random.nextInt(12_000))));
      ClientContext.pause(Duration.ofSeconds(20));
      lab.nodes().forEach(node -> node.databaseProxy().free());
      return Injection.ofAll("");
    }
  },

  KILL_KAFKA("kill -9 of Kafka", Promise.FLOWS_AGAIN) {
    @Override
    Injection inject(Lab lab, Random random) {
      lab.services().killKafka();
      return back(lab.services()::startKafka, random);
    }
  },

  FREEZE_KAFKA("freeze of Kafka for 30 s", Promise.FLOWS_AGAIN) {
    @Override
    Injection inject(Lab lab, Random random) {
      return thawed(lab.services().freezeKafka());
    }
  },

  EMPTY_KAFKA("Kafka comes back empty", Promise.FLOWS_AGAIN) {
    @Override
    Injection inject(Lab lab, Random random) {
      lab.services().killKafka();
      lab.services().emptyKafka();
      lab.services().startKafka();
      return Injection.ofAll("");
    }
  },

  KILL_WORKER("a worker killed in mid-answer", Promise.SOME_TIME) {
    @Override
    void prepare(Lab lab) {
      lab.workers().getFirst().start();
      lab.workers().getFirst().awaitReady();
      lab.awaitWorkers(1);
      lab.vendor().slowBy(Duration.ofSeconds(3));
      ClientContext.pause(Duration.ofSeconds(5));
    }

    @Override
    Injection inject(Lab lab, Random random) {
      int before = lab.vendor().cutOff();
      lab.workers().getFirst().kill9();
      for (int wait = 0; wait < 20 && lab.vendor().cutOff() == before; wait++) {
        ClientContext.pause(Duration.ofMillis(100));
      }
      lab.vendor().slowBy(Duration.ZERO);
      int cutOff = lab.vendor().cutOff() - before;
      return new Injection(
          cutOff + " answers cut off",
          Injection.EVERYBODY,
          () -> cutOff > 0 ? List.of() : List.of("it was answering nobody"));
    }
  },

  WORKERS_COME_AND_GO("two workers join and leave", Promise.TAKEN_OVER) {
    @Override
    Injection inject(Lab lab, Random random) {
      lab.workers().forEach(EngineNode::start);
      lab.workers().forEach(EngineNode::awaitReady);
      lab.awaitWorkers(lab.workers().size());
      ClientContext.pause(Duration.ofSeconds(5));
      List<String> problems = new ArrayList<>();
      for (EngineNode worker : lab.workers()) {
        if (!worker.stop()) {
          problems.add(worker.name() + " had to be killed");
        }
      }
      lab.awaitWorkers(0);
      return new Injection("", Injection.EVERYBODY, () -> problems);
    }
  },

  HANGING_VENDOR("a vendor that hangs for 10 s", Promise.SOME_TIME) {
    @Override
    Injection inject(Lab lab, Random random) {
      lab.vendor().hang(true);
      ClientContext.pause(Duration.ofSeconds(10));
      lab.vendor().hang(false);
      return Injection.ofAll("");
    }
  },

  CHURNING_CONSUMERS("consumers join and leave every 2 s", Promise.SOME_TIME) {
    @Override
    Injection inject(Lab lab, Random random) {
      Churn.run(lab.services().bootstrapServers(), Duration.ofSeconds(20));
      return Injection.ofAll("");
    }
  };

  /** Failure detection takes about 5 s, the split brain resolver 7 s. */
  private static final Duration BEYOND_DETECTION = Duration.ofSeconds(25);

  private static final Duration OUTAGE = Duration.ofSeconds(30);
  private static final Duration EXIT_MAX = Duration.ofSeconds(60);

  private final String title;
  private final Promise promise;

  Fault(String title, Promise promise) {
    this.title = title;
    this.promise = promise;
  }

  /** What the engine owes its clients, in seconds. */
  enum Promise {
    TAKEN_OVER(20, 20, 10),
    UNNOTICED(5, 5, 5),
    FLOWS_AGAIN(10, 90, 90),
    SOME_TIME(60, 90, 90);

    private final int flowMax;
    private final int hitMax;
    private final int othersMax;

    Promise(int flowMax, int hitMax, int othersMax) {
      this.flowMax = flowMax;
      this.hitMax = hitMax;
      this.othersMax = othersMax;
    }

    /** Until a new conversation gets a real answer, after the fault is over. */
    int flowMax() {
      return flowMax;
    }

    /** The longest that one waits whose conversation was hit. */
    int hitMax() {
      return hitMax;
    }

    /** The longest that anybody else waits. */
    int othersMax() {
      return othersMax;
    }
  }

  /** What was killed comes back after up to five seconds. */
  private static Injection back(Runnable start, Random random) {
    ClientContext.pause(Duration.ofMillis(random.nextInt(5_000)));
    start.run();
    return Injection.ofAll("");
  }

  private static Injection thawed(Freeze freeze) {
    try (freeze) {
      ClientContext.pause(OUTAGE);
    }
    return Injection.ofAll("");
  }

  /**
   * A fault that is over, except that a node may be missing.
   *
   * @param affected whose conversations were hit
   * @param restore brings back what is missing; tells what it found wrong
   */
  record Injection(String note, Predicate<Dialogue> affected, Supplier<List<String>> restore) {
    static final Predicate<Dialogue> EVERYBODY = dialogue -> true;

    static Injection ofAll(String note) {
      return new Injection(note, EVERYBODY, List::of);
    }
  }

  String title() {
    return title;
  }

  Promise promise() {
    return promise;
  }

  boolean hitsDatabase() {
    return this == KILL_POSTGRES || this == FREEZE_POSTGRES || this == DELAY_COMMITS;
  }

  /** What has to be there before. */
  void prepare(Lab lab) {}

  /** Lets it happen, and returns when it is over. */
  abstract Injection inject(Lab lab, Random random);

  private static EngineNode anyOf(List<EngineNode> nodes, Random random) {
    return nodes.get(random.nextInt(nodes.size()));
  }

  private static Predicate<Dialogue> livesOn(Lab lab, EngineNode node) {
    Set<Integer> shards = lab.shardsOf(node);
    return dialogue -> shards.contains(Lab.shardOf(dialogue.customer()));
  }

  private static Injection partition(Lab lab, EngineNode victim, boolean deaf, boolean mute) {
    Predicate<Dialogue> affected = livesOn(lab, victim);
    if (deaf) {
      victim.clusterProxy().blockAll();
    }
    if (mute) {
      lab.nodes().stream()
          .filter(node -> node != victim)
          .forEach(
              node ->
                  node.clusterProxy()
                      .block(source -> source.getHostAddress().equals(victim.address())));
    }
    ClientContext.pause(BEYOND_DETECTION);
    String note = victim.name() + (victim.isAlive() ? " lived on" : " ended itself");
    lab.nodes().forEach(node -> node.clusterProxy().free());
    return new Injection(note, affected, () -> endedAndStarted(victim));
  }

  /** As Kubernetes does it. */
  private static List<String> endedAndStarted(EngineNode victim) {
    boolean ended = victim.awaitEnd(EXIT_MAX);
    var unused = started(victim);
    return ended ? List.of() : List.of(victim.name() + " did not end though it was downed");
  }

  /** A slow node is not a dead one. */
  private static List<String> stillAMember(Lab lab, EngineNode victim) {
    return victim.isAlive() && lab.members() == lab.nodes().size()
        ? List.of()
        : List.of(victim.name() + " was downed though it was only slow");
  }

  private static List<String> started(EngineNode victim) {
    victim.start();
    victim.awaitReady();
    return List.of();
  }
}
