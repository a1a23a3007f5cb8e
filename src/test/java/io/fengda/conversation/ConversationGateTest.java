package io.fengda.conversation;

import static io.fengda.conversation.TestNode.BANK;
import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Refusal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A message that there is no room for costs no look into the journal. */
class ConversationGateTest {
  private static final TestSystem SYSTEM = TestSystem.get();
  private static final Duration MOMENT = Duration.ofMillis(200);

  private final TestNode node = TestNode.create();
  private final ConversationId id = TestSystem.newConversation(BANK);
  private final TestProbe<Object> probe = SYSTEM.kit().createTestProbe(Object.class);
  private final TestProbe<ClusterSharding.ShardCommand> shard = SYSTEM.kit().createTestProbe();
  private final ActorRef<Command> gate =
      SYSTEM.kit().spawn(ConversationGate.create(id.entityId(), node.shared(), shard.ref()));

  @Test
  void whereThereIsRoomTheEntityGetsTheFirstMessageAndThoseBehindItInOrder() {
    say("m-1");
    say("m-2");

    assertEquals(1, probe.expectMessageClass(Receipt.Accepted.class).seq());
    assertEquals(2, probe.expectMessageClass(Receipt.Accepted.class).seq());
    shard.expectNoMessage(MOMENT);
  }

  @Test
  void whereThereIsNoneAllMessagesAreRefusedUntilTheActorHasStopped() {
    fill();
    say("m-1");
    assertEquals(refused("m-1"), probe.receiveMessage());
    assertEquals(new ClusterSharding.Passivate<>(gate), shard.receiveMessage());

    release();
    say("m-2");

    assertEquals(refused("m-2"), probe.receiveMessage());
    assertEquals(List.of(), SYSTEM.journalOf(id));
    assertEquals(2, node.counted("fengda.refusals", "tenant", BANK, "reason", "TENANT_OPEN_TURNS"));
  }

  @Test
  void whatWasSentBeforeMayBeInTheJournalAndIsForTheEntity() {
    say("m-1");
    var first = probe.expectMessageClass(Receipt.Accepted.class);
    ActorRef<Command> elsewhere =
        SYSTEM.kit().spawn(ConversationGate.create(id.entityId(), node.shared(), shard.ref()));
    SYSTEM.kit().stop(gate);
    fill();

    elsewhere.tell(
        new Command.Receive(TestConversation.input("m-1", "怎么退款？"), false, probe.ref())
            .sentAgain());

    var again = probe.expectMessageClass(Receipt.Accepted.class);
    assertEquals(first.seq(), again.seq());
    assertEquals(true, again.duplicate());
  }

  @Test
  void whoReadsIsLetIn() {
    fill();

    gate.tell(new Command.Read(0, 10, probe.ref().narrow()));

    assertEquals(0, probe.expectMessageClass(Command.Page.class).lastSeq());
  }

  @Test
  void aNodeKnowsThatAConversationLivesThereWhileItsEntityDoes() {
    var shards = node.shared().shards();
    assertEquals(false, shards.contain(id));

    say("m-1");
    var unused = probe.expectMessageClass(Receipt.Accepted.class);
    assertEquals(true, shards.contain(id));

    SYSTEM.kit().stop(gate);
    assertEquals(false, shards.contain(id));
  }

  private void fill() {
    for (int i = 0; i < TestNode.BANK_OPEN_TURNS_MAX; i++) {
      node.shared().openTurns().reopen(node.shared().tenant(id.tenant()));
    }
  }

  private void release() {
    for (int i = 0; i < TestNode.BANK_OPEN_TURNS_MAX; i++) {
      node.shared().openTurns().close(node.shared().tenant(id.tenant()));
    }
  }

  private void say(String messageId) {
    gate.tell(new Command.Receive(TestConversation.input(messageId, "怎么退款？"), false, probe.ref()));
  }

  private static Receipt.Rejected refused(String messageId) {
    return new Receipt.Rejected(new MessageId(messageId), Refusal.TENANT_OPEN_TURNS);
  }
}
