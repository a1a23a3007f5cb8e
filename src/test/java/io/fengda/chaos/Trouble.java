package io.fengda.chaos;

import io.fengda.queue.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What operators are told of, and how it is brought about. */
enum Trouble {
  TENANT_OVER_ITS_QUOTA("FengdaTenantRefused") {
    @Override
    Runnable begin(AlertLab lab) {
      return lab.talk("small", 1, Duration.ofMillis(100))::close;
    }
  },

  VENDOR_AWAY("FengdaBreakerOpen FengdaTenantFallbacks FengdaFallbacks") {
    @Override
    Runnable begin(AlertLab lab) {
      Repeated talk = lab.talk("alone", 1, Duration.ofMillis(250));
      return () -> {
        LabVendor back = lab.startOtherVendor();
        ClientContext.pause(Duration.ofSeconds(40));
        talk.close();
        back.close();
      };
    }
  },

  SLOW_VENDOR("FengdaOpenTurns FengdaOverloaded") {
    @Override
    Runnable begin(AlertLab lab) {
      lab.vendor().slowBy(Duration.ofSeconds(10));
      return () -> lab.vendor().slowBy(Duration.ZERO);
    }
  },

  SLOW_WORKER("FengdaQueriesWait FengdaStationSlow") {
    @Override
    Runnable begin(AlertLab lab) {
      EngineNode worker = lab.node(AlertLab.WORKER);
      Repeated starving =
          Repeated.every(
              Duration.ofMillis(300),
              times -> {
                worker.freeze();
                ClientContext.pause(Duration.ofSeconds(1));
                worker.thaw();
              });
      return starving::close;
    }
  },

  SLOW_DATABASE("FengdaJournalSlow") {
    @Override
    Runnable begin(AlertLab lab) {
      List<TcpProxy> ways = lab.conversations().stream().map(EngineNode::databaseProxy).toList();
      ways.forEach(way -> way.delayCommits(() -> Duration.ofMillis(300)));
      return () -> ways.forEach(TcpProxy::free);
    }
  },

  UNREADABLE_RECORDS("FengdaRecordsLost") {
    @Override
    Runnable begin(AlertLab lab) {
      KafkaProducer<byte[], byte[]> producer = producer(lab);
      Repeated sending =
          Repeated.every(
              Duration.ofMillis(200),
              times -> {
                var unused = producer.send(new ProducerRecord<>(Topics.QUERIES, new byte[] {1}));
              });
      return () -> {
        sending.close();
        producer.close();
      };
    }
  },

  FROZEN_KAFKA("FengdaLagUnknown") {
    @Override
    Runnable begin(AlertLab lab) {
      return lab.services().freezeKafka()::close;
    }
  },

  KILLED_CONVERSATIONS("FengdaTurnsRedriven FengdaNodeDown") {
    @Override
    Runnable begin(AlertLab lab) {
      lab.vendor().hang(true);
      ClientContext.pause(Duration.ofSeconds(5));
      EngineNode node = lab.node(AlertLab.CONVERSATION);
      node.kill9();
      return () -> {
        lab.vendor().hang(false);
        node.start();
        node.awaitReady();
        ClientContext.pause(AlertLab.DEADLINE);
      };
    }
  },

  FORCED_COLLECTIONS("FengdaGarbage") {
    @Override
    Runnable begin(AlertLab lab) {
      String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
      String pid = Long.toString(lab.node(AlertLab.CONVERSATION).pid());
      Repeated collecting =
          Repeated.every(
              Duration.ofMillis(10),
              times -> {
                try {
                  new ProcessBuilder(jcmd, pid, "GC.run").start().onExit().join();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      return collecting::close;
    }
  },

  NO_WORKER("FengdaRoleMissing FengdaNodeDown FengdaQueriesBehind FengdaQueriesStuck") {
    @Override
    Runnable begin(AlertLab lab) {
      EngineNode worker = lab.node(AlertLab.WORKER);
      worker.kill9();
      try (KafkaProducer<byte[], byte[]> producer = producer(lab)) {
        for (int i = 0; i <= 50_000; i++) {
          var unused = producer.send(new ProducerRecord<>(Topics.QUERIES, new byte[] {1}));
        }
      }
      return () -> {
        worker.start();
        worker.awaitReady();
      };
    }
  };

  private final String alerts;

  Trouble(String alerts) {
    this.alerts = alerts;
  }

  /** What has to fire while it lasts. */
  Set<String> alerts() {
    return Set.of(alerts.split(" ", -1));
  }

  /** Lets it begin; what is returned ends it. */
  abstract Runnable begin(AlertLab lab);

  private static KafkaProducer<byte[], byte[]> producer(AlertLab lab) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", lab.services().bootstrapServers()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
