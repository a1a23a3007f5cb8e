package io.fengda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.FengdaClient.Customer;
import io.fengda.journal.JournalRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A thousand customers whose connections broke come back at the same moment. */
class ReconnectStormTest {
  private static final int CUSTOMERS = 1_000;
  private static final int PARALLELISM = 64;

  /** Ten, and four through which old messages are read. */
  private static final int POOL_MAX = 14;

  private static final String CONNECTIONS =
      "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
          + " AND application_name <> '%s'".formatted(TestDatabase.APPLICATION_NAME);

  private static TestEngine engine;
  private static FengdaClient client;
  private static TestDatabase database;

  private final String run = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    engine = TestEngine.get();
    client = engine.client();
    database = TestDatabase.at(engine.databaseUrl());
  }

  @Test
  void conversationsInMemoryAreServedWhileTheDatabaseIsAway() {
    List<Customer> customers = customers("awake-");
    atOnce(customers, customer -> customer.say("m-1", "hello"))
        .forEach(reply -> assertEquals(200, reply.status()));

    engine.stopPostgres();
    try {
      storm(customers);
    } finally {
      engine.startPostgres();
    }

    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> customers.getFirst().say("m-2", "hello").status() == 200);
  }

  @Test
  void conversationsThatAreNotInMemoryTakeNoMoreConnectionsThanThePoolsHave() {
    List<Customer> customers = customers("asleep-");
    database.execute(
        IntStream.range(0, CUSTOMERS)
            .mapToObj(i -> "Conversation|scripted:asleep-" + run + i + ":main")
            .flatMap(ReconnectStormTest::aTurn)
            .collect(Collectors.joining(";\n")));
    List<Long> connections = new ArrayList<>();
    CompletableFuture<Void> storm = CompletableFuture.runAsync(() -> storm(customers));

    while (!storm.isDone()) {
      connections.add(database.count(CONNECTIONS));
    }

    storm.join();
    long most = connections.stream().mapToLong(Long::longValue).max().orElseThrow();
    assertTrue(most <= POOL_MAX, () -> "connections at once: " + most);
  }

  private List<Customer> customers(String kind) {
    return atOnce(
        IntStream.range(0, CUSTOMERS).boxed().toList(),
        i -> client.customer(TestEngine.SCRIPTED, kind + run + i));
  }

  private static Stream<String> aTurn(String persistenceId) {
    return Stream.of(
        JournalRows.insert(engine.system(), persistenceId, 1, JournalRows.received(1, "hello")),
        JournalRows.insert(engine.system(), persistenceId, 2, JournalRows.replied(2, 1, false)));
  }

  /** Everyone connects at once and gets the whole conversation. */
  private static void storm(List<Customer> customers) {
    List<TestEvents> streams = atOnce(customers, customer -> customer.events(0));
    try {
      for (TestEvents stream : streams) {
        Awaitility.await()
            .atMost(60, TimeUnit.SECONDS)
            .pollDelay(Duration.ZERO)
            .pollInterval(5, TimeUnit.MILLISECONDS)
            .until(() -> messages(stream).size(), size -> size >= 2);
        assertEquals(List.of("1", "2"), messages(stream));
      }
    } finally {
      streams.forEach(TestEvents::close);
    }
  }

  private static List<String> messages(TestEvents stream) {
    return stream.events().stream()
        .filter(event -> event.type().equals("message"))
        .map(TestEvents.Event::id)
        .toList();
  }

  private static <T, R> List<R> atOnce(List<T> all, Function<T, R> what) {
    try (ExecutorService threads = Executors.newFixedThreadPool(PARALLELISM)) {
      return all.stream()
          .map(each -> CompletableFuture.supplyAsync(() -> what.apply(each), threads))
          .toList()
          .stream()
          .map(CompletableFuture::join)
          .toList();
    }
  }
}
