package io.fengda.bench;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.bodyString;
import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.nothingFor;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.OpenInjectionStep;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.core.Simulation;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Sends the turns of {@link Load#current()} over REST, each by a user of its own. */
public final class LoadSimulation extends Simulation {
  private static final String NUMBER = "number";
  private static final String STATUS = "httpStatus";
  private static final String BODY = "body";
  private static final String CONFIDENCE = "\"confidence\":";

  private final Load load = Load.current();

  public LoadSimulation() {
    setUp(load.populations().stream().map(this::population).toList())
        .protocols(
            http.baseUrls(load.urls())
                .disableWarmUp()
                .shareConnections()
                .disableCaching()
                .disableFollowRedirect()
                .contentTypeHeader("application/json"));
  }

  @Override
  public void before() {
    load.begin();
  }

  private PopulationBuilder population(Population population) {
    List<Population.Customer> senders = population.senders(new Random(1));
    AtomicLong numbers = new AtomicLong();
    ScenarioBuilder turns =
        scenario(population.name())
            .exec(session -> begin(session, numbers.getAndIncrement(), population, senders))
            .exec(
                http(population.name())
                    .post("/v1/conversations/main/messages")
                    .header("Authorization", "Bearer #{token}")
                    .body(StringBody("{\"messageId\":\"#{messageId}\",\"text\":#{text}}"))
                    .check(status().saveAs(STATUS), bodyString().saveAs(BODY)))
            .exec(session -> end(session, population, senders));
    return turns.injectOpen(
        population.phases().stream().map(LoadSimulation::step).toArray(OpenInjectionStep[]::new));
  }

  private static OpenInjectionStep step(Population.Phase phase) {
    return phase.rate() == 0
        ? nothingFor(phase.seconds())
        : constantUsersPerSec(phase.rate()).during(phase.seconds());
  }

  private Session begin(
      Session session, long number, Population population, List<Population.Customer> senders) {
    load.started();
    return session
        .set(NUMBER, number)
        .set("token", sender(senders, number).token())
        .set("messageId", UUID.randomUUID().toString())
        .set("text", population.text(number));
  }

  private static Population.Customer sender(List<Population.Customer> senders, long number) {
    return senders.get((int) (number % senders.size()));
  }

  private Session end(Session session, Population population, List<Population.Customer> senders) {
    long now = System.nanoTime() - load.startNanos();
    long number = session.getLong(NUMBER);
    long due = population.dueNanos(number);
    Population.Customer sender = sender(senders, number);
    load.ended(
        new Turn(
            sender.tenant().id(),
            sender.name(),
            session.getString("messageId"),
            due,
            now - due,
            vendorMillis(session),
            outcome(session)));
    return session;
  }

  /** The scripted vendors say with how much confidence they answer how long they took. */
  private static double vendorMillis(Session session) {
    String body = session.contains(BODY) ? session.getString(BODY) : "";
    int from = body.lastIndexOf(CONFIDENCE);
    if (from < 0) {
      return 0;
    }
    int to = from + CONFIDENCE.length();
    while (to < body.length() && "0123456789.E-".indexOf(body.charAt(to)) >= 0) {
      to++;
    }
    return Double.parseDouble(body.substring(from + CONFIDENCE.length(), to))
        * ScriptedVendor.MILLIS_OF_CONFIDENCE;
  }

  private static Outcome outcome(Session session) {
    int status = session.contains(STATUS) ? session.getInt(STATUS) : 0;
    return switch (status) {
      case 200 ->
          session.getString(BODY).contains("\"outcome\":\"answer\"")
              ? Outcome.ANSWER
              : Outcome.FALLBACK;
      case 429 -> Outcome.QUOTA;
      case 503 -> Outcome.OVERLOAD;
      default -> Outcome.ERROR;
    };
  }
}
