package io.fengda.conversation;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.persistence.query.EventEnvelope;
import akka.persistence.query.PersistenceQuery;
import akka.persistence.r2dbc.query.javadsl.R2dbcReadJournal;
import akka.stream.javadsl.Source;
import io.fengda.conversation.model.ConversationEvent;
import io.fengda.conversation.model.ConversationEvent.ConversationErased;
import io.fengda.conversation.model.ConversationEvent.MessageReceived;
import io.fengda.conversation.model.ConversationEvent.ReplyGenerated;
import io.fengda.conversation.model.ConversationEvent.TurnCancelled;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Message;
import io.fengda.conversation.model.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/**
 * The messages of a conversation as its journal has them, for what memory does not reach back to.
 *
 * <p>A message's {@code seq} is never above the number of its event, because every message has an
 * event and some events have no message: reading starts at that event and is exact after it.
 */
final class History {
  /** With few connections of its own: the journal is written meanwhile. */
  private static final String PLUGIN = "fengda.history.query";

  private final ActorSystem<?> system;
  private final R2dbcReadJournal journal;

  private History(ActorSystem<?> system, R2dbcReadJournal journal) {
    this.system = system;
    this.journal = journal;
  }

  static History create(ActorSystem<?> system) {
    return new History(
        system, PersistenceQuery.get(system).getReadJournalFor(R2dbcReadJournal.class, PLUGIN));
  }

  /** The first {@code limit} messages after {@code seq}, with how their turns ended so far. */
  CompletionStage<List<Message>> page(ConversationId id, long after, int limit) {
    return events(id, after)
        .scan(Page.start(after, limit), Page::plus)
        .takeWhile(page -> !page.isComplete(), true)
        .runFold(Page.start(after, limit), (previous, page) -> page, system)
        .thenApply(Page::messages);
  }

  private Source<ConversationEvent, NotUsed> events(ConversationId id, long after) {
    return journal
        .currentEventsByPersistenceId(Conversations.persistenceId(id), after + 1, Long.MAX_VALUE)
        .map(EventEnvelope::event)
        .map(ConversationEvent.class::cast);
  }

  /** Collects a page; mutable, and used by one stream. */
  private static final class Page {
    private final long after;
    private final int limit;
    private final TreeMap<Long, Message> bySeq = new TreeMap<>();
    private int open;

    private Page(long after, int limit) {
      this.after = after;
      this.limit = limit;
    }

    static Page start(long after, int limit) {
      return new Page(after, limit);
    }

    /** Whether the page is full and nothing that comes can change it. */
    boolean isComplete() {
      return bySeq.size() >= limit && open == 0;
    }

    List<Message> messages() {
      return new ArrayList<>(bySeq.values());
    }

    Page plus(ConversationEvent event) {
      switch (event) {
        case MessageReceived said -> {
          if (add(
              new Message.FromCustomer(
                  said.seq(), said.messageId(), said.text(), said.at(), Outcome.OPEN))) {
            open++;
          }
        }
        case ReplyGenerated generated -> {
          Message.Reply reply = generated.reply();
          end(reply.covers(), reply.kind().outcome());
          var unused = add(reply);
        }
        case TurnCancelled cancelled -> end(cancelled.covers(), Outcome.CANCELLED);
        case ConversationErased erased -> {
          bySeq.clear();
          open = 0;
        }
      }
      return this;
    }

    private boolean add(Message message) {
      boolean belongs = message.seq() > after && bySeq.size() < limit;
      if (belongs) {
        bySeq.put(message.seq(), message);
      }
      return belongs;
    }

    private void end(List<Long> seqs, Outcome outcome) {
      for (long seq : seqs) {
        if (bySeq.get(seq) instanceof Message.FromCustomer said && said.outcome() == Outcome.OPEN) {
          bySeq.put(
              seq,
              new Message.FromCustomer(
                  said.seq(), said.messageId(), said.text(), said.createdAt(), outcome));
          open--;
        }
      }
    }
  }
}
