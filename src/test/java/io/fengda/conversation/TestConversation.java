package io.fengda.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import akka.Done;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Channel;
import io.fengda.conversation.model.ConversationEvent;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Input;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.MessageId;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.ReplyKind;
import io.fengda.tenant.Language;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation's entity and one who talks to it. All that the entity tells goes to one probe, so
 * that a test sees it in order, and sees that nothing else came: see {@link #expectNothingMore}.
 */
final class TestConversation {
  private static final int LOG_MAX = 1_000;

  private final TestSystem system;
  private final TestNode node;
  private final ConversationId id;
  private final TestProbe<Object> probe;
  private ActorRef<Command> entity;

  private TestConversation(TestSystem system, TestNode node, ConversationId id) {
    this.system = system;
    this.node = node;
    this.id = id;
    this.probe = system.kit().createTestProbe(Object.class);
    this.entity = spawn();
  }

  /** A new conversation of the tenant. */
  static TestConversation start(TestSystem system, TestNode node, String tenant) {
    return new TestConversation(system, node, TestSystem.newConversation(tenant));
  }

  private ActorRef<Command> spawn() {
    return system.kit().spawn(ConversationEntity.create(id.entityId(), node.shared()));
  }

  void stopEntity() {
    system.kit().stop(entity);
  }

  /** Begins the entity again, on the same node, after it has stopped. */
  void startAgain() {
    entity = spawn();
  }

  void restart() {
    stopEntity();
    startAgain();
  }

  void expectEntityStops() {
    probe.expectTerminated(entity);
  }

  ConversationId id() {
    return id;
  }

  TestProbe<Object> probe() {
    return probe;
  }

  void tell(Command command) {
    entity.tell(command);
  }

  void say(String messageId, String text) {
    tell(new Command.Receive(input(messageId, text), false, probe.ref()));
  }

  /** Says something, to be answered at the end of the turn. */
  void sayAndAwaitEnd(String messageId, String text) {
    tell(new Command.Receive(input(messageId, text), true, probe.ref()));
  }

  /** Says something and takes its receipt; the query it brings, if it brings one, stays. */
  Receipt.Accepted accepted(String messageId, String text) {
    say(messageId, text);
    return expect(Receipt.Accepted.class);
  }

  /** Says something to a conversation at rest; returns its query. */
  Query asked(String messageId, String text) throws InterruptedException {
    var unused = accepted(messageId, text);
    return node.queries().next();
  }

  void delta(AttemptId attempt, int offset, String text) {
    tell(new Command.DeliverDelta(new Input.Delta(attempt, offset, text)));
  }

  void answer(Query query, String text) {
    deliver(
        new Input.Result(
            query.attempt(), query.covers(), ReplyKind.ANSWER, text, "answerer", 0.9, List.of()));
  }

  void deliver(Input.Result result) {
    tell(new Command.DeliverResult(result, null, null, probe.ref().narrow()));
  }

  /** Answers, and takes what the worker is told. */
  void answered(Query query, String text) {
    answer(query, text);
    expectDone();
  }

  void stopTurn() {
    tell(new Command.Stop(probe.ref().narrow()));
  }

  /** Begins or renews a lease with nothing open and no partial answer. */
  void watch(long after) {
    watch(after, List.of(), null, 0);
  }

  void watch(long after, List<Long> open, @Nullable AttemptId attempt, int offset) {
    tell(new Command.Watch(after, open, attempt, offset, probe.ref()));
  }

  void unwatch() {
    tell(new Command.Unwatch(probe.ref()));
  }

  <T> T expect(Class<T> type) {
    return assertInstanceOf(type, probe.receiveMessage());
  }

  void expectDone() {
    assertEquals(Done.getInstance(), probe.receiveMessage());
  }

  /** The log; whatever was told before it must have been taken. */
  List<Message> log() {
    tell(new Command.Read(0, LOG_MAX, probe.ref().narrow()));
    return expect(Command.Page.class).messages();
  }

  /** What the entity was told so far is done, and brought nothing that was not taken. */
  void expectNothingMore() {
    var unused = log();
    assertEquals(List.of(), node.queries().left());
  }

  /** The events in the journal. */
  List<ConversationEvent> journal() {
    return system.journalOf(id).stream().map(ConversationEvent.class::cast).toList();
  }

  /** What a repeated message is compared with. */
  Message.FromCustomer said(long seq) {
    return log().stream()
        .filter(message -> message.seq() == seq)
        .map(Message.FromCustomer.class::cast)
        .findFirst()
        .orElseThrow();
  }

  static Input.Receive input(String messageId, String text) {
    return new Input.Receive(
        new MessageId(messageId), text, Channel.REST, Language.ofText(text, Language.ZH), "");
  }
}
