package io.fengda.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.operator.ClusterReport.Member;
import io.fengda.operator.DrainRefusal.Reason;
import io.fengda.operator.Figures.Breakers;
import io.fengda.telemetry.Readiness.Phase;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A node leaves only where others take over all that it does, and only one at a time. */
class DrainRefusalTest {
  private static final Figures NOTHING =
      new Figures(
          Map.of(), Map.of(), 0, 0, List.of(), List.of(), new Breakers(0, List.of()), List.of());

  @Test
  void aNodeOfManyMayGo() {
    assertEquals(
        Optional.empty(),
        find("a", member("a", "gateway", "worker"), member("b", "gateway"), member("c", "worker")));
  }

  @Test
  void theLastOfARoleStays() {
    assertEquals(
        Optional.of(new DrainRefusal(Reason.LAST_OF_ROLE, "a", "worker")),
        find("a", member("a", "gateway", "worker"), member("b", "gateway")));
  }

  @Test
  void oneThatCanNotBeReachedTakesNothingOver() {
    Member away =
        new Member("b", "up", List.of("worker"), false, false, report(Phase.STARTED), null);

    assertEquals(Reason.LAST_OF_ROLE, reason(find("a", member("a", "worker"), away)));
  }

  @Test
  void oneThatStillStartsTakesNothingOver() {
    Member young =
        new Member("b", "up", List.of("worker"), true, false, report(Phase.STARTING), null);

    assertEquals(Reason.LAST_OF_ROLE, reason(find("a", member("a", "worker"), young)));
  }

  @ParameterizedTest
  @CsvSource({"leaving", "exiting", "down"})
  void anotherThatLeavesIsWaitedFor(String status) {
    Member leaving =
        new Member("b", status, List.of("worker"), true, false, report(Phase.STOPPING), null);

    assertEquals(
        Reason.ANOTHER_LEAVES,
        reason(find("a", member("a", "worker"), leaving, member("c", "worker"))));
    assertEquals(
        Reason.LEAVES, reason(find("b", member("a", "worker"), leaving, member("c", "worker"))));
  }

  @Test
  void oneThatFinishesItsWorkLeavesAlready() {
    Member finishing =
        new Member("b", "up", List.of("worker"), true, false, report(Phase.STOPPING), null);

    assertEquals(
        Reason.ANOTHER_LEAVES,
        reason(find("a", member("a", "worker"), finishing, member("c", "worker"))));
  }

  @Test
  void whoIsNoMemberOrSaysNothingIsNotDrained() {
    Member silent = new Member("b", "up", List.of("worker"), true, false, null, null);

    assertEquals(Reason.UNKNOWN, reason(find("x", member("a", "worker"))));
    assertEquals(Reason.NOT_UP, reason(find("b", member("a", "worker"), silent)));
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void everyReasonIsAnErrorWithASentence(Reason reason) {
    assertTrue(reason.status() >= 400 && reason.sentence().endsWith("."));
  }

  private static Optional<DrainRefusal> find(String node, Member... members) {
    return DrainRefusal.find(List.of(members), node);
  }

  private static Reason reason(Optional<DrainRefusal> refusal) {
    return refusal.orElseThrow().reason();
  }

  private static Member member(String node, String... roles) {
    return new Member(node, "up", List.of(roles), true, false, report(Phase.STARTED), null);
  }

  private static NodeReport report(Phase phase) {
    return new NodeReport("", 0, phase, 0, 0, NOTHING);
  }
}
