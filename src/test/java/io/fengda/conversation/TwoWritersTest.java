package io.fengda.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Props;
import io.fengda.TestDatabase;
import io.fengda.TestEngine;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.journal.ErasureQueries;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two entities of one conversation, as after a split of the cluster or the awakening of a node that
 * was taken for dead: the journal's primary key lets one of them write, and the other ends.
 */
class TwoWritersTest {
  private final TestEngine engine = TestEngine.get();
  private final ConversationId id =
      ConversationId.of(TestNode.BANK, "two-writers-" + UUID.randomUUID(), ConversationId.MAIN);
  private final TestNode oldNode = TestNode.create();
  private final TestNode newNode = TestNode.create();
  private final TestProbe<Object> probe = TestProbe.create(engine.system());
  private ActorRef<Command> zombie;
  private ActorRef<Command> heir;

  @BeforeEach
  void start() throws Exception {
    zombie = spawn(oldNode);
    say(zombie, "m-1");
    assertInstanceOf(Receipt.Accepted.class, probe.receiveMessage());
    heir = spawn(newNode);
    Query query = newNode.queries().next();
    heir.tell(
        new Command.DeliverResult(answer(query, "the heir's"), null, null, probe.ref().narrow()));
    var unused = probe.receiveMessage();
  }

  @Test
  void theSecondWritersMessageIsRefusedByTheJournalAndItsSenderTriesAgain() {
    say(zombie, "m-2");

    assertEquals(
        new Receipt.Unknown(new MessageId("m-2")), probe.expectMessageClass(Receipt.Unknown.class));
    probe.expectTerminated(zombie);
    say(heir, "m-2");
    assertEquals(3, probe.expectMessageClass(Receipt.Accepted.class).seq());
    assertOneHistory(3);
  }

  @Test
  void theSecondWritersReplyIsRefusedAndTellsNobody() throws Exception {
    Query query = oldNode.queries().next();
    zombie.tell(new Command.Watch(1, List.of(1L), null, 0, probe.ref()));
    var unused = probe.expectMessageClass(Update.CaughtUp.class);

    zombie.tell(
        new Command.DeliverResult(answer(query, "the zombie's"), null, null, probe.ref().narrow()));

    probe.expectTerminated(zombie);
    probe.expectNoMessage(Duration.ofMillis(200));
    assertOneHistory(2);
  }

  @Test
  void theSecondWritersDeadlineIsRefusedToo() throws Exception {
    Query query = oldNode.queries().next();

    zombie.tell(new Command.DeadlinePassed(query.attempt()));

    probe.expectTerminated(zombie);
    assertOneHistory(2);
  }

  @Test
  void theSecondWriterEndsWhenItIsWokenWithARowItDoesNotKnow() {
    zombie.tell(new Command.Wake(2));

    probe.expectTerminated(zombie);
    assertOneHistory(2);
  }

  @Test
  void theSecondWriterWritesNothingOverWhatWasErasedMeanwhile() throws Exception {
    Query query = oldNode.queries().next();
    heir.tell(new Command.Erase(0, probe.ref().narrow()));
    long erased = probe.expectMessageClass(Command.Erased.class).seqNr();
    ErasureQueries.of(engine.system())
        .deleteBefore(Conversations.persistenceId(id), erased)
        .toCompletableFuture()
        .join();

    zombie.tell(new Command.DeadlinePassed(query.attempt()));

    probe.expectTerminated(zombie);
    ActorRef<Command> reader = spawn(TestNode.create());
    reader.tell(new Command.Read(0, 10, probe.ref().narrow()));
    assertEquals(
        new Command.Page(List.of(), true, 3, 0), probe.expectMessageClass(Command.Page.class));
  }

  private ActorRef<Command> spawn(TestNode node) {
    return engine
        .system()
        .systemActorOf(
            ConversationEntity.create(id.entityId(), node.shared()),
            "writer-" + UUID.randomUUID(),
            Props.empty());
  }

  private void say(ActorRef<Command> entity, String messageId) {
    entity.tell(
        new Command.Receive(TestConversation.input(messageId, "hello"), false, probe.ref()));
  }

  private static Input.Result answer(Query query, String text) {
    return new Input.Result(
        query.attempt(), query.covers(), ReplyKind.ANSWER, text, "vendor", 1, List.of());
  }

  private void assertOneHistory(int events) {
    assertEquals(
        events,
        TestDatabase.at(engine.databaseUrl())
            .count(
                "SELECT count(DISTINCT seq_nr) FROM event_journal WHERE persistence_id = '%s'"
                    .formatted(Conversations.persistenceId(id))));
    ActorRef<Command> reader = spawn(TestNode.create());
    reader.tell(new Command.Read(0, 10, probe.ref().narrow()));
    Command.Page page = probe.expectMessageClass(Command.Page.class);
    assertEquals("the heir's", page.messages().get(1).text());
    assertEquals(events, page.messages().size());
  }
}
