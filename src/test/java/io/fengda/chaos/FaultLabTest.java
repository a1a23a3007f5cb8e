package io.fengda.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The faults of the ordinary run. */
class FaultLabTest {
  @Test
  void aKilledNodeAnEmptiedKafkaAndARestartedPostgresLoseAndDoubleNothing() {
    Report report =
        Campaign.run(
            Campaign.seed(),
            List.of(Fault.KILL_NODE, Fault.EMPTY_KAFKA, Fault.KILL_POSTGRES),
            new Load.Size(30, 20, Duration.ofMillis(1_500)));

    assertEquals(List.of(), report.broken(), report::markdown);
  }
}
