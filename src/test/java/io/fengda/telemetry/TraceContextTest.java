package io.fengda.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
  private static final String GOOD = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @Test
  void aHeaderIsRead() {
    TraceContext trace = TraceContext.parse(GOOD).orElseThrow();

    assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", trace.traceId());
    assertEquals("00f067aa0ba902b7", trace.spanId());
    assertTrue(trace.isSampled());
    assertFalse(new TraceContext(GOOD.replace("-01", "-02")).isSampled());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0 "
      })
  void whatIsNotWellFormedIsNone(String header) {
    assertEquals(Optional.empty(), TraceContext.parse(header));
  }

  @Test
  void anotherPartIsOfTheSameTrace() {
    TraceContext caller = new TraceContext(GOOD);
    TraceContext own = caller.at(TraceContext.newSpanId());

    assertEquals(caller.traceId(), own.traceId());
    assertNotEquals(caller.spanId(), own.spanId());
    assertTrue(own.isSampled());
  }

  @Test
  void aNewTraceIsWellFormed() {
    for (int i = 0; i < 1_000; i++) {
      TraceContext made = TraceContext.create(i % 2 == 0);
      assertEquals(Optional.of(made), TraceContext.parse(made.traceparent()));
      assertEquals(i % 2 == 0, made.isSampled());
    }
  }
}
