package io.fengda.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.fengda.FengdaClient;
import io.fengda.FengdaClient.Customer;
import io.fengda.chaos.ClientRecord.Line;
import io.fengda.chaos.Dialogue.Turn;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Customers who talk all the time. One thread. */
final class Load {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(2);
  private static final Duration FOLLOWERS_MAX = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int PAGE = 200;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_MAX)
          .build();
  private final List<Integer> gateways;
  private final List<FengdaClient> counters;
  private final Random random;
  private final Pace pace;
  private final Pace followers;
  private final List<Dialogue> regulars = new CopyOnWriteArrayList<>();
  private final List<Dialogue> newcomers = new ArrayList<>();
  private final List<Dialogue> prepared = new ArrayList<>();
  private final List<Thread> talking = new ArrayList<>();
  private final List<Thread> following = new ArrayList<>();
  private int customers;

  private Load(List<Integer> gateways, Random random, Size size) {
    this.gateways = gateways;
    this.counters = gateways.stream().map(FengdaClient::of).toList();
    this.random = random;
    this.pace = new Pace(size.thinking());
    this.followers = new Pace(Duration.ZERO);
  }

  /**
   * How much there is.
   *
   * @param rest conversations over REST, a third of them followed by an event stream
   * @param sockets conversations over a WebSocket
   * @param thinking the mean time from an answer to the next question
   */
  record Size(int rest, int sockets, Duration thinking) {}

  static Load start(List<Integer> gateways, Random random, Size size) {
    Load load = new Load(gateways, random, size);
    for (int i = 0; i < size.rest(); i++) {
      ClientContext context = load.context(load.newCustomer(), load.pace);
      load.regulars.add(context.dialogue());
      load.talking.add(start(context.dialogue(), new RestClient(context)::talk));
      if (i % 3 == 0) {
        EventClient events = new EventClient(load.context(context.dialogue(), load.followers));
        load.following.add(start(context.dialogue(), events::follow));
      }
    }
    for (int i = 0; i < size.sockets(); i++) {
      ClientContext context = load.context(load.newCustomer(), load.pace);
      load.regulars.add(context.dialogue());
      load.talking.add(start(context.dialogue(), new SocketClient(context)::talk));
    }
    return load;
  }

  /** A thread of its own; that it ends in an error is the client's failure. */
  private static Thread start(Dialogue dialogue, Runnable client) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                client.run();
              } catch (RuntimeException e) {
                dialogue.broke(e);
              }
            });
  }

  private Dialogue newCustomer() {
    String customer = "u-" + ++customers;
    FengdaClient counter = counters.get(customers % counters.size());
    return new Dialogue(customer, counter.customer(Lab.TENANT, customer).token());
  }

  private ClientContext context(Dialogue dialogue, Pace at) {
    return new ClientContext(http, gateways, dialogue, new Random(random.nextLong()), at);
  }

  /** Gives so many customers a token, for {@link #newcomers} at a bad time. */
  void prepare(int count) {
    while (prepared.size() < count) {
      prepared.add(newCustomer());
    }
  }

  /** Lets the prepared customers begin a conversation each; they talk until a real answer comes. */
  List<Dialogue> newcomers() {
    List<Dialogue> now = List.copyOf(prepared);
    prepared.clear();
    newcomers.addAll(now);
    now.forEach(
        dialogue ->
            talking.add(
                start(dialogue, new RestClient(context(dialogue, pace))::talkUntilAnswered)));
    return now;
  }

  /** Everybody who talks all the time. */
  List<Dialogue> regulars() {
    return regulars;
  }

  /** Everybody. */
  List<Dialogue> all() {
    return Stream.concat(regulars.stream(), newcomers.stream()).toList();
  }

  /** Messages whose end somebody waits for. */
  int openTurns() {
    return regulars.stream().mapToInt(Dialogue::open).sum();
  }

  List<Turn> turnsSince(long nanos, Predicate<Dialogue> of) {
    return all().stream()
        .filter(of)
        .flatMap(dialogue -> dialogue.turnsSince(nanos).stream())
        .toList();
  }

  /** What clients gave up. */
  List<String> failures() {
    return all().stream().flatMap(dialogue -> dialogue.failures().stream()).toList();
  }

  /** Lets everybody finish, and those who follow see the last of it. */
  void end() {
    pace.end();
    talking.forEach(Load::join);
    long untilNanos = System.nanoTime() + FOLLOWERS_MAX.toNanos();
    while (System.nanoTime() - untilNanos < 0 && !all().stream().allMatch(Dialogue::isSeenByAll)) {
      ClientContext.pause(POLL);
    }
    followers.end();
    following.forEach(Load::join);
  }

  /** The whole conversation as the engine has it, page by page. */
  List<Line> history(Dialogue dialogue) {
    Customer customer = counters.getFirst().withToken(dialogue.token());
    List<Line> lines = new ArrayList<>();
    boolean hasMore = true;
    for (long after = 0; hasMore; after = lines.getLast().seq()) {
      JsonNode page =
          customer
              .get("/v1/conversations/main/messages?limit=%d&after=%d".formatted(PAGE, after))
              .json();
      page.get("messages").forEach(message -> lines.add(Line.of(message)));
      hasMore = page.get("hasMore").asBoolean();
    }
    return lines;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
