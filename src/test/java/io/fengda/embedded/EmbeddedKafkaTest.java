package io.fengda.embedded;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedKafkaTest {
  @TempDir Path folder;

  @Test
  void aBrokerLeftBehindIsStoppedFirstAndAKilledOneComesBackWithItsTopics() throws Exception {
    // given
    try (EmbeddedKafka leftBehind = EmbeddedKafka.start(spec());
        EmbeddedKafka second = EmbeddedKafka.start(spec())) {
      assertTrue(hasEnded(leftBehind));
      Clients.createTopic(second.port(), "kept");
      assertTrue(ProcessHandle.of(second.pid()).orElseThrow().destroyForcibly());
      await().until(() -> hasEnded(second));

      // when
      try (EmbeddedKafka third = EmbeddedKafka.start(spec())) {

        // then
        assertEquals(Set.of("kept"), Clients.topics(third.port()));
        assertFalse(third.isFirstStart());
      }
    }
  }

  private KafkaSpec spec() {
    return new KafkaSpec(folder, Ports.anyFree(), 0);
  }

  private static boolean hasEnded(EmbeddedKafka kafka) {
    return ProcessHandle.of(kafka.pid()).map(Probe::hasEnded).orElse(true);
  }
}
