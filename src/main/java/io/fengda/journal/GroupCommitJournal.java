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
import io.fengda.telemetry.MetricsExtension;
import io.r2dbc.spi.ConnectionFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import scala.Option;
import scala.PartialFunction;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.DurationConverters;
import scala.jdk.javaapi.FutureConverters;
import scala.runtime.BoxedUnit;

/**
 * The journal plugin: writes of different conversations that come together share a transaction and
 * one statement, at the durability of the stock R2DBC plugin and in its tables. It only writes;
 * what is read and deleted goes through the stock plugin.
 *
 * <p>Each persistence id belongs to a {@link WriteLane lane}, which writes one group at a time.
 * {@code conf/journal.conf} has the settings, and the one that goes back to the stock plugin.
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
  private final Scheduler windows = Schedulers.newSingle("journal-window", true);
  private final LastSeqNrs lastSeqNrs = LastSeqNrs.of(context().system());

  /** The last write of each persistence id, until it has ended: a replay waits for it. */
  private final Map<String, CompletableFuture<Done>> open = new HashMap<>();

  private record GroupWritten(WriteLane lane, List<PendingWrite> group) {}

  private record WindowOver(WriteLane lane) {}

  public GroupCommitJournal() {
    R2dbcSettings stockSettings = GroupCommitSettings.stock(context().system());
    ConnectionFactory connections =
        ConnectionFactoryProvider.get(system).connectionFactoryFor(JournalDatabase.CONNECTIONS);
    R2dbcExecutor database =
        new R2dbcExecutor(
            connections,
            log,
            stockSettings.logDbCallsExceeding(),
            Option.apply(DurationConverters.toScala(settings.writeTimeout())),
            context().dispatcher(),
            system);
    this.stock = new JournalDao(stockSettings, connections, context().dispatcher(), system);
    this.stockQueries = PersistenceQuery.get(system).readJournalFor("akka.persistence.r2dbc.query");
    this.writer =
        new GroupWriter(
            database,
            new EventInsert(stockSettings.journalTableWithSchema(), settings.lockTimeout()),
            settings.writeTimeout(),
            MetricsExtension.metrics(system));
    this.lanes =
        IntStream.range(0, settings.lanes()).mapToObj(lane -> new WriteLane(settings)).toList();
  }

  @Override
  public void postStop() {
    windows.dispose();
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
    List<NewEvent> events = new ArrayList<>();
    for (AtomicWrite message : messages) {
      rejections.add(addEvents(events, message));
    }
    return events.isEmpty()
        ? Future.successful(rejections)
        : FutureConverters.asScala(write(events))
            .map(done -> rejections, ExecutionContext.parasitic$.MODULE$);
  }

  /** Adds the events of a message, or says why they can not be written. */
  private Optional<Exception> addEvents(List<NewEvent> events, AtomicWrite message) {
    try {
      List<PersistentRepr> added = CollectionConverters.asJava(message.payload());
      long first = events.isEmpty() ? added.getFirst().sequenceNr() : events.getFirst().seqNr();
      events.addAll(added.stream().map(event -> newEvent(event, first - 1)).toList());
      return Optional.empty();
    } catch (Exception e) {
      return Optional.of(e);
    }
  }

  private NewEvent newEvent(PersistentRepr event, long previousSeqNr) {
    String id = event.persistenceId();
    Object payload = event.payload();
    Set<String> tags = Set.of();
    if (payload instanceof Tagged tagged) {
      payload = tagged.payload();
      tags = EventInsert.checked(CollectionConverters.asJava(tagged.tags()));
    }
    Option<Object> metadata = event.metadata();
    return new NewEvent(
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

  private NewEvent.Serialized serialized(Object object) {
    Serializer serializer = serialization.findSerializerFor(object);
    return new NewEvent.Serialized(
        serializer.identifier(),
        Serializers.manifestFor(serializer, object),
        Objects.requireNonNull(serialization.serialize(object).get()));
  }

  private CompletableFuture<Done> write(List<NewEvent> events) {
    PendingWrite write = new PendingWrite(events, System.nanoTime());
    WriteLane lane = lanes.get(Math.floorMod(write.persistenceId().hashCode(), lanes.size()));
    if (!lane.offer(write)) {
      return CompletableFuture.failedFuture(
          new RejectedExecutionException(
              "more than %d events wait for the journal (fengda.journal.group-commit.queue-max)"
                  .formatted(settings.queueMax())));
    }
    open.put(write.persistenceId(), write.written());
    proceed(lane);
    return write.written();
  }

  /** Writes the lane's next group, now or when its window is over. */
  private void proceed(WriteLane lane) {
    long now = System.nanoTime();
    if (lane.isDue(now)) {
      List<PendingWrite> group = lane.take();
      var unused =
          writer
              .write(group)
              .whenComplete((done, failure) -> self().tell(new GroupWritten(lane, group), self()));
    } else if (lane.beginsWindow()) {
      var unused =
          windows.schedule(
              () -> self().tell(new WindowOver(lane), self()),
              lane.nanosLeft(now),
              TimeUnit.NANOSECONDS);
    }
  }

  private void onGroupWritten(GroupWritten written) {
    written.group().forEach(this::ended);
    written.lane().written(System.nanoTime());
    proceed(written.lane());
  }

  private void onWindowOver(WindowOver over) {
    over.lane().windowOver();
    proceed(over.lane());
  }

  private void ended(PendingWrite write) {
    open.remove(write.persistenceId(), write.written());
    lastSeqNrs.written(write.persistenceId());
  }

  @Override
  public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long fromSequenceNr) {
    CompletableFuture<Done> write = open.get(persistenceId);
    OptionalLong known = lastSeqNrs.take(persistenceId);
    if (write == null && known.isPresent()) {
      long last = known.getAsLong();
      return Future.successful(last >= fromSequenceNr ? last : 0L);
    }
    Future<Done> ended =
        write == null
            ? Future.successful(Done.getInstance())
            : FutureConverters.asScala(write.exceptionally(failure -> Done.getInstance()));
    return ended.flatMap(
        done ->
            stock
                .readHighestSequenceNr(persistenceId, fromSequenceNr)
                .map(number -> (Long) number, ExecutionContext.parasitic$.MODULE$),
        ExecutionContext.parasitic$.MODULE$);
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
    CompletionStage<Done> replayed =
        stockQueries
            .internalCurrentEventsByPersistenceId(persistenceId, fromSequenceNr, last)
            .asJava()
            .runWith(
                Sink.foreach(
                    row -> replayCallback.accept(R2dbcJournal.deserializeRow(serialization, row))),
                system);
    return FutureConverters.asScala(Stages.direct(replayed).thenApply(done -> (Void) null));
  }

  @Override
  public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
    return stock
        .deleteEventsTo(persistenceId, toSequenceNr, false)
        .map(done -> (Void) null, ExecutionContext.parasitic$.MODULE$);
  }
}
