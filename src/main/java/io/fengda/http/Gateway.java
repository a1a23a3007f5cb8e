package io.fengda.http;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.Uri;
import akka.http.javadsl.model.headers.Connection;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.ActorMaterializer;
import akka.stream.ActorMaterializerSettings;
import akka.stream.Materializer;
import io.fengda.conversation.Conversations;
import io.fengda.quota.Leases;
import io.fengda.telemetry.MetricsExtension;
import io.fengda.telemetry.TraceContext;
import io.fengda.tenant.Tenants;
import java.time.Clock;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/** The public port: which path and method is answered by what. */
public final class Gateway {
  private static final String CONVERSATIONS = "conversations";
  private static final String DISPATCHER = "fengda.http-dispatcher";

  private final SessionRoutes sessions;
  private final ConversationRoutes messages;
  private final EventStreams events;
  private final Sockets sockets;
  private final BrandingRoutes brandings;
  private final Pages pages;
  private final Origins origins;
  private final Drain drain;

  private Gateway(
      SessionRoutes sessions,
      ConversationRoutes messages,
      EventStreams events,
      Sockets sockets,
      BrandingRoutes brandings,
      Pages pages,
      Origins origins,
      Drain drain) {
    this.sessions = sessions;
    this.messages = messages;
    this.events = events;
    this.sockets = sockets;
    this.brandings = brandings;
    this.pages = pages;
    this.origins = origins;
    this.drain = drain;
  }

  /**
   * Binds the port; on shutdown it takes no new connection and tells those that are open.
   *
   * @param leases on the tenants' calls a second
   */
  public static CompletionStage<ServerBinding> start(
      ActorSystem<?> system,
      HttpSettings settings,
      Tenants tenants,
      Leases leases,
      Conversations conversations) {
    Drain drain = new Drain();
    Gateway gateway = create(system, settings, tenants, leases, conversations, drain);
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseBeforeServiceUnbind(),
            "tell-clients",
            () -> {
              drain.begin();
              return CompletableFuture.completedStage(Done.getInstance());
            });
    return Http.get(system)
        .newServerAt(settings.host(), settings.port())
        .withMaterializer(ownThreads(system))
        .bind(gateway::handle)
        .thenApply(
            binding ->
                binding.addToCoordinatedShutdown(settings.bodyTimeout(), system.classicSystem()));
  }

  /**
   * The edge has threads of its own, so that a refusal does not wait behind the turns that fill the
   * others. Nothing but this deprecated call gives streams that are not ours a dispatcher.
   */
  @SuppressWarnings("deprecation")
  private static Materializer ownThreads(ActorSystem<?> system) {
    return ActorMaterializer.create(
        ActorMaterializerSettings.create(system.classicSystem()).withDispatcher(DISPATCHER),
        system.classicSystem());
  }

  private static Gateway create(
      ActorSystem<?> system,
      HttpSettings settings,
      Tenants tenants,
      Leases leases,
      Conversations conversations,
      Drain drain) {
    Clock clock = Clock.systemUTC();
    Tokens tokens = new Tokens(tenants, settings, clock);
    Requests requests = new Requests(system, settings, tenants, tokens);
    Admission admission = new Admission(leases, conversations, MetricsExtension.metrics(system));
    return new Gateway(
        new SessionRoutes(requests, tokens, admission),
        new ConversationRoutes(requests, admission, conversations, settings),
        new EventStreams(requests, admission, conversations, settings, drain, clock),
        new Sockets(requests, admission, conversations, settings, drain, clock),
        new BrandingRoutes(requests, admission, tenants),
        Pages.load(),
        new Origins(tenants),
        drain);
  }

  CompletionStage<HttpResponse> handle(HttpRequest request) {
    return answer(request).thenApply(response -> origins.shared(request, response));
  }

  private CompletionStage<HttpResponse> answer(HttpRequest request) {
    TraceContext trace = Requests.trace(request);
    if (drain.hasBegun()) {
      return CompletableFuture.completedStage(
          Responses.problem(Problem.OVERLOADED, "this node shuts down: send it again", trace)
              .addHeader(Connection.create("close")));
    }
    return answered(() -> route(request, trace))
        .exceptionally(failure -> Responses.problem(Responses.problemOf(failure, trace), trace));
  }

  private static CompletionStage<HttpResponse> answered(
      Supplier<CompletionStage<HttpResponse>> route) {
    try {
      return route.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private CompletionStage<HttpResponse> route(HttpRequest request, TraceContext trace) {
    if (request.getUri().path().contains("//")) {
      throw ProblemException.of(Problem.NOT_FOUND, "no such path");
    }
    if (Origins.isPreflight(request)) {
      return CompletableFuture.completedStage(origins.preflight(request));
    }
    List<String> path = path(request.getUri());
    if (path.size() == 2 && path.get(0).equals("v1") && path.get(1).equals("sessions")) {
      return method(request, "POST", () -> sessions.create(request));
    }
    if (path.size() == 2 && path.get(0).equals("v1") && path.get(1).equals("branding")) {
      return method(
          request, "GET", () -> CompletableFuture.completedStage(brandings.read(request)));
    }
    if (path.size() == 3 && path.get(0).equals("v1") && path.get(1).equals(CONVERSATIONS)) {
      return method(request, "DELETE", () -> messages.erase(request, path.get(2)));
    }
    if (path.size() == 4 && path.get(0).equals("v1") && path.get(1).equals(CONVERSATIONS)) {
      return conversation(request, path.get(2), path.get(3), trace);
    }
    return pages
        .find(request)
        .map(page -> method(request, "GET", () -> CompletableFuture.completedStage(page)))
        .orElseThrow(() -> ProblemException.of(Problem.NOT_FOUND, "no such path"));
  }

  private CompletionStage<HttpResponse> conversation(
      HttpRequest request, String name, String resource, TraceContext trace) {
    return switch (resource) {
      case "messages" ->
          request.method().equals(HttpMethods.GET)
              ? messages.read(request, name)
              : method(request, "POST", () -> messages.send(request, name, trace));
      case "stop" -> method(request, "POST", () -> messages.stop(request, name));
      case "events" ->
          method(
              request, "GET", () -> CompletableFuture.completedStage(events.open(request, name)));
      case "ws" ->
          method(
              request,
              "GET",
              () -> CompletableFuture.completedStage(sockets.open(request, name, trace)));
      default -> throw ProblemException.of(Problem.NOT_FOUND, "no such path");
    };
  }

  private static CompletionStage<HttpResponse> method(
      HttpRequest request, String only, Supplier<CompletionStage<HttpResponse>> route) {
    if (!request.method().value().equals(only)) {
      throw ProblemException.of(
              Problem.METHOD_NOT_ALLOWED, "%s is not %s".formatted(request.method().value(), only))
          .with(response -> response.addHeader(RawHeader.create("Allow", only)));
    }
    return route.get();
  }

  private static List<String> path(Uri uri) {
    Iterator<String> segments = uri.pathSegments().iterator();
    return StreamSupport.stream(((Iterable<String>) () -> segments).spliterator(), false).toList();
  }
}
