package io.fengda.conversation;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.Query;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what is handed out, and has room or not as the test says. Thread-safe. */
final class ScriptedQueries implements Queries {
  private static final int WAIT_SECONDS = 10;

  private final BlockingQueue<Query> published = new LinkedBlockingQueue<>();
  private final List<Cancelled> cancelled = new CopyOnWriteArrayList<>();
  private volatile boolean room = true;
  private volatile boolean publishes = true;

  /** An attempt that was cancelled, and until when that matters. */
  record Cancelled(AttemptId attempt, Instant deadline) {}

  /** From now on a message is refused before it is accepted. */
  void hasNoRoom() {
    room = false;
  }

  /** From now on queries are lost after their message was accepted. */
  void losesQueries() {
    publishes = false;
  }

  /** The next query, as soon as it comes. */
  Query next() throws InterruptedException {
    Query query = published.poll(WAIT_SECONDS, TimeUnit.SECONDS);
    assertNotNull(query, "no query was published");
    return query;
  }

  /** What was published and not taken. */
  List<Query> left() {
    return List.copyOf(published);
  }

  List<Cancelled> cancelled() {
    return List.copyOf(cancelled);
  }

  @Override
  public boolean publish(Query query) {
    return publishes && published.add(query);
  }

  @Override
  public void cancel(AttemptId attempt, Instant deadline) {
    cancelled.add(new Cancelled(attempt, deadline));
  }

  @Override
  public boolean hasRoom() {
    return room;
  }
}
