package io.fengda.journal;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.japi.pf.ReceiveBuilder;
import akka.persistence.AtomicWrite;
import akka.persistence.PersistentRepr;
import akka.persistence.journal.Tagged;
import akka.persistence.journal.japi.AsyncWriteJournal;
import akka.persistence.query.PersistenceQuery;
import akka.persistence.r2dbc.ConnectionFactoryProvider;
import akka.persistence.r2dbc.R2dbcSettings;
import akka.persistence.r2dbc.internal.R2dbcExecutor;
import akka.persistence.r2dbc.journal.JournalDao;
import akka.persistence.r2dbc.journal.R2dbcJournal;
import akka.persistence.r2dbc.query.scaladsl.R2dbcReadJournal;
import akka.persistence.typed.PersistenceId;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializer;
import akka.serialization.Serializers;
import akka.stream.javadsl.Sink;
import io.fengda.conversation.Stages;
import io.r2dbc.spi.ConnectionFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;
import scala.PartialFunction;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;
import scala.runtime.BoxedUnit;

/**
 * The journal plugin: writes of different conversations that come together share a transaction and
 * one statement, at the durability of the stock R2DBC plugin and in its tables. It only writes;
 * what is read and deleted goes through the stock plugin.
 *
 * <p>Each persistence id belongs to a {@link WriteLane lane}, which writes one group at a time.
 * {@code conf/persistence.conf} has the settings, and the one that goes back to the stock plugin.
 */
public final class GroupCommitJournal extends AsyncWriteJournal {
  private static final Logger log = LoggerFactory.getLogger(GroupCommitJournal.class);

  private final ActorSystem<?> system = Adapter.toTyped(context().system());
  private final Serialization serialization = SerializationExtension.get(system);
  private final GroupCommitSettings settings = GroupCommitSettings.of(context().system());
  private final JournalDao stock;
  private final R2dbcReadJournal stockQueries;
  private final GroupWriter writer;
  private final List<WriteLane> lanes;

  /** The last write of each persistence id, until it has ended: a replay waits for it. */
  private final Map<String, CompletableFuture<Done>> open = new HashMap<>();

  private record GroupWritten(int lane, List<PendingWrite> group) {}

  private record WindowOver(int lane) {}

  public GroupCommitJournal() {
    R2dbcSettings stockSettings = GroupCommitSettings.stock(context().system());
    ConnectionFactory connections =
        ConnectionFactoryProvider.get(system).connectionFactoryFor(JournalDatabase.CONNECTIONS);
    R2dbcExecutor database =
        new R2dbcExecutor(
            connections,
            log,
            stockSettings.logDbCallsExceeding(),
            stockSettings.connectionFactorySettings().closeCallsExceeding(),
            context().dispatcher(),
            system);
    this.stock = new JournalDao(stockSettings, connections, context().dispatcher(), system);
    this.stockQueries = PersistenceQuery.get(system).readJournalFor("akka.persistence.r2dbc.query");
    this.writer =
        new GroupWriter(database, new EventInsert(stockSettings.journalTableWithSchema()));
    this.lanes =
        IntStream.range(0, settings.lanes()).mapToObj(lane -> new WriteLane(settings)).toList();
  }

  @Override
  public PartialFunction<Object, BoxedUnit> receivePluginInternal() {
    return ReceiveBuilder.create()
        .match(GroupWritten.class, this::onGroupWritten)
        .match(WindowOver.class, this::onWindowOver)
        .build()
        .onMessage();
  }

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(
      Iterable<AtomicWrite> messages) {
    List<Optional<Exception>> rejections = new ArrayList<>();
    List<EventRow> rows = new ArrayList<>();
    for (AtomicWrite message : messages) {
      rejections.add(addRows(rows, message));
    }
    CompletionStage<Done> written =
        rows.isEmpty() ? CompletableFuture.completedStage(Done.getInstance()) : write(rows);
    return FutureConverters.asScala(written)
        .map(done -> rejections, ExecutionContext.parasitic$.MODULE$);
  }

  /** Adds the events of a message, or says why they have no bytes. */
  private Optional<Exception> addRows(List<EventRow> rows, AtomicWrite message) {
    try {
      List<PersistentRepr> events = CollectionConverters.asJava(message.payload());
      long previousSeqNr = events.getFirst().sequenceNr() - 1;
      rows.addAll(events.stream().map(event -> row(event, previousSeqNr)).toList());
      return Optional.empty();
    } catch (Exception e) {
      return Optional.of(e);
    }
  }

  private EventRow row(PersistentRepr event, long previousSeqNr) {
    String id = event.persistenceId();
    Object payload = event.payload();
    Set<String> tags = Set.of();
    if (payload instanceof Tagged tagged) {
      payload = tagged.payload();
      tags = CollectionConverters.asJava(tagged.tags());
    }
    Option<Object> metadata = event.metadata();
    return new EventRow(
        persistence().sliceForPersistenceId(id),
        PersistenceId.extractEntityType(id),
        id,
        event.sequenceNr(),
        previousSeqNr,
        event.writerUuid(),
        serialized(payload),
        tags,
        metadata.isEmpty() ? null : serialized(metadata.get()));
  }

  private EventRow.Serialized serialized(Object object) {
    Serializer serializer = serialization.findSerializerFor(object);
    return new EventRow.Serialized(
        serializer.identifier(),
        Serializers.manifestFor(serializer, object),
        serialization.serialize(object).get());
  }

  private CompletionStage<Done> write(List<EventRow> rows) {
    PendingWrite write = new PendingWrite(rows, System.nanoTime());
    int lane = Math.floorMod(write.persistenceId().hashCode(), lanes.size());
    if (!lanes.get(lane).offer(write)) {
      return CompletableFuture.failedStage(
          new RejectedExecutionException(
              "more than %d events wait for the journal (fengda.journal.group-commit.queue-max)"
                  .formatted(settings.queueMax())));
    }
    open.put(write.persistenceId(), write.written());
    proceed(lane);
    return write.written();
  }

  /** Writes the lane's next group, now or when its window is over. */
  private void proceed(int number) {
    WriteLane lane = lanes.get(number);
    long now = System.nanoTime();
    dropOverdue(lane, now);
    if (lane.isDue(now)) {
      List<PendingWrite> group = lane.take();
      var unused =
          writer
              .write(group)
              .whenComplete(
                  (done, failure) -> self().tell(new GroupWritten(number, group), self()));
    } else if (lane.beginsWindow()) {
      CompletableFuture.delayedExecutor(lane.nanosLeft(now), TimeUnit.NANOSECONDS, Runnable::run)
          .execute(() -> self().tell(new WindowOver(number), self()));
    }
  }

  /** Their entities have failed and recover: they wait for what becomes of these. */
  private void dropOverdue(WriteLane lane, long now) {
    List<PendingWrite> overdue = lane.removeOverdue(now);
    if (!overdue.isEmpty()) {
      GroupWriter.fail(
          overdue, new TimeoutException("waited for the journal for " + settings.writeTimeout()));
      overdue.forEach(this::ended);
    }
  }

  private void onGroupWritten(GroupWritten written) {
    written.group().forEach(this::ended);
    lanes.get(written.lane()).written();
    proceed(written.lane());
  }

  private void onWindowOver(WindowOver over) {
    lanes.get(over.lane()).windowOver();
    proceed(over.lane());
  }

  private void ended(PendingWrite write) {
    open.remove(write.persistenceId(), write.written());
  }

  @Override
  public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long fromSequenceNr) {
    CompletableFuture<Done> write = open.get(persistenceId);
    CompletionStage<Done> ended =
        write == null
            ? CompletableFuture.completedStage(Done.getInstance())
            : write.exceptionally(failure -> Done.getInstance());
    return FutureConverters.asScala(
        ended.thenCompose(
            done ->
                Stages.direct(
                        FutureConverters.asJava(
                            stock.readHighestSequenceNr(persistenceId, fromSequenceNr)))
                    .thenApply(number -> (Long) number)));
  }

  @Override
  public Future<Void> doAsyncReplayMessages(
      String persistenceId,
      long fromSequenceNr,
      long toSequenceNr,
      long max,
      Consumer<PersistentRepr> replayCallback) {
    long last =
        max == Long.MAX_VALUE ? toSequenceNr : Math.min(toSequenceNr, fromSequenceNr + max - 1);
    return FutureConverters.asScala(
        stockQueries
            .internalCurrentEventsByPersistenceId(persistenceId, fromSequenceNr, last)
            .asJava()
            .runWith(
                Sink.foreach(
                    row -> replayCallback.accept(R2dbcJournal.deserializeRow(serialization, row))),
                system)
            .thenApply(done -> (Void) null));
  }

  @Override
  public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
    return FutureConverters.asScala(
        FutureConverters.asJava(stock.deleteEventsTo(persistenceId, toSequenceNr, false))
            .thenApply(done -> (Void) null));
  }
}
