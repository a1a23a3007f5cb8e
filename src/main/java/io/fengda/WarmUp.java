package io.fengda;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.cluster.typed.Cluster;
import akka.stream.javadsl.Sink;
import io.fengda.conversation.Conversations;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.CustomerId;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.Said;
import io.fengda.tenant.Language;
import io.fengda.tenant.Tenants;
import io.fengda.vendor.VendorCalls;
import io.fengda.vendor.WorkLog;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Customers of the reserved tenant who talk with a node before anybody else may, so that the code
 * on the way of a message is loaded and compiled when the first real one comes. What fails is not
 * an error: the node may be the first of its cluster.
 */
final class WarmUp {
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(100);

  /** Short and long, in both languages. */
  private static final List<String> TEXTS =
      List.of(
          "Is anybody there?",
          "您好，我想找一家价格在四百元到五百元、评分四点五分以上的酒店，有推荐吗？",
          "这家酒店的地址和电话是多少？",
          "I would like to know where my order is. ".repeat(8));

  private final ActorSystem<?> system;
  private final WarmUpSettings settings;
  private final Tenants tenants;
  private final Progress progress;

  WarmUp(ActorSystem<?> system, WarmUpSettings settings, Tenants tenants, Progress progress) {
    this.system = system;
    this.settings = settings;
    this.tenants = tenants;
    this.progress = progress;
  }

  /** Somebody who says one thing after the other. */
  interface Customer {
    /** Sends a message and awaits the answer. */
    void say(String text);

    /** Leaves nothing behind. */
    default void leave() {}
  }

  /** The way of a query at a worker, before it is given any. */
  void vendors(VendorCalls vendors) {
    var unused =
        run(
            number ->
                text ->
                    vendors
                        .call(query(number, text), WorkLog.begin(Clock.systemUTC()))
                        .runWith(Sink.ignore(), system)
                        .toCompletableFuture()
                        .join());
  }

  private Query query(int number, String text) {
    return new Query(
        conversation(number),
        new AttemptId(UUID.randomUUID().toString()),
        List.of(new Query.Question(1, text)),
        List.of(Said.of(Said.Speaker.CUSTOMER, text)),
        Language.EN,
        Instant.now().plus(tenants.reserved().deadline()),
        "");
  }

  /** The way from the conversation on, where customers come by other nodes. */
  void conversations(Conversations conversations) {
    report(
        run(
            number ->
                new Customer() {
                  @Override
                  public void say(String text) {
                    conversations
                        .receiveAndAwaitEnd(conversation(number), Startup.message(text))
                        .toCompletableFuture()
                        .join();
                  }

                  @Override
                  public void leave() {
                    conversations.erase(conversation(number)).toCompletableFuture().join();
                  }
                }));
  }

  /**
   * The whole way, from the public port on: every second customer by socket, whose client has no
   * connections of the others that it could take.
   */
  void gateway(InetSocketAddress address, boolean isEncrypted) {
    try (HttpClient http = HttpCustomer.client(isEncrypted);
        HttpClient sockets = HttpCustomer.client(isEncrypted)) {
      URI gateway = HttpCustomer.uri(address, isEncrypted);
      report(
          run(
              number -> {
                HttpCustomer customer =
                    HttpCustomer.of(http, gateway, tenants.reservedKey(), customer(number).value());
                return number % 2 == 0 ? customer : new SocketCustomer(sockets, gateway, customer);
              }));
    }
  }

  private ConversationId conversation(int number) {
    return new ConversationId(Tenants.RESERVED, customer(number), ConversationId.MAIN);
  }

  /** This node's own, and the same at each start: what an erased conversation leaves stays. */
  private CustomerId customer(int number) {
    Address node = Cluster.get(system).selfMember().address();
    String place = node.getHost().orElse("") + "-" + node.getPort().orElse(0);
    return new CustomerId("warm-up-%d-%s".formatted(number, Integer.toHexString(place.hashCode())));
  }

  private void report(int turns) {
    if (turns > 0) {
      progress.step("warm after %d turns".formatted(turns));
    }
  }

  /** Talks until the time is over; how many turns ended well. */
  private int run(IntFunction<? extends Customer> customers) {
    if (settings.time().isZero()) {
      return 0;
    }
    long endNanos = System.nanoTime() + settings.time().toNanos();
    AtomicInteger turns = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, settings.customers())
          .forEach(i -> threads.execute(() -> talk(() -> customers.apply(i), i, endNanos, turns)));
    }
    return turns.get();
  }

  private static void talk(
      Supplier<? extends Customer> newcomer, int number, long endNanos, AtomicInteger turns) {
    Customer customer = null;
    for (int turn = number; System.nanoTime() - endNanos < 0; turn++) {
      try {
        customer = customer == null ? newcomer.get() : customer;
        customer.say(TEXTS.get(turn % TEXTS.size()));
        turns.incrementAndGet();
      } catch (RuntimeException e) {
        LockSupport.parkNanos(PAUSE_AFTER_FAILURE.toNanos());
      }
    }
    if (customer != null) {
      leave(customer);
    }
  }

  private static void leave(Customer customer) {
    try {
      customer.leave();
    } catch (RuntimeException e) {
      // The end of the retention erases it.
    }
  }
}
