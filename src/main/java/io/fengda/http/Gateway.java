package io.fengda.http;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.ServerBuilder;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.Uri;
import akka.http.javadsl.model.headers.Connection;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.ActorMaterializer;
import akka.stream.ActorMaterializerSettings;
import akka.stream.Materializer;
import io.fengda.administration.Administration;
import io.fengda.conversation.Conversations;
import io.fengda.identity.Tokens;
import io.fengda.knowledge.Explainer;
import io.fengda.quota.Leases;
import io.fengda.telemetry.MetricsExtension;
import io.fengda.telemetry.Spans;
import io.fengda.telemetry.TraceContext;
import io.fengda.tenant.Tenants;
import io.fengda.tls.TlsMaterial;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/** The public port: which path and method is answered by what. */
public final class Gateway {
  private static final String CONVERSATIONS = "conversations";
  private static final List<String> TENANTS = List.of("v1", "admin", "tenants");
  private static final String DISPATCHER = "fengda.http-dispatcher";

  /** How often it is looked whether a tenant is gone whose customers are connected. */
  private static final Duration TENANTS_CHECK = Duration.ofMillis(500);

  /** RFC 6797: browsers come back by HTTPS, for a year. */
  private static final HttpHeader STRICT =
      RawHeader.create("Strict-Transport-Security", "max-age=31536000");

  private final Requests requests;
  private final SessionRoutes sessions;
  private final ConversationRoutes messages;
  private final EventStreams events;
  private final Sockets sockets;
  private final BrandingRoutes brandings;
  private final AdminRoutes admin;
  private final OpsRoutes ops;
  private final Spans spans;
  private final Pages pages;
  private final Origins origins;
  private final Drain drain;
  private final boolean isEncrypted;

  private Gateway(
      Requests requests,
      SessionRoutes sessions,
      ConversationRoutes messages,
      EventStreams events,
      Sockets sockets,
      BrandingRoutes brandings,
      AdminRoutes admin,
      OpsRoutes ops,
      Spans spans,
      Pages pages,
      Origins origins,
      Drain drain,
      boolean isEncrypted) {
    this.requests = requests;
    this.sessions = sessions;
    this.messages = messages;
    this.events = events;
    this.sockets = sockets;
    this.brandings = brandings;
    this.admin = admin;
    this.ops = ops;
    this.spans = spans;
    this.pages = pages;
    this.origins = origins;
    this.drain = drain;
    this.isEncrypted = isEncrypted;
  }

  /**
   * What is behind the port.
   *
   * @param leases on the tenants' calls a second
   */
  public record Behind(
      Tokens tokens,
      Tenants tenants,
      Leases leases,
      Conversations conversations,
      Administration administration,
      Explainer explainer) {}

  /** Binds the port; on shutdown it takes no new connection and tells those that are open. */
  public static CompletionStage<ServerBinding> start(
      ActorSystem<?> system, HttpSettings settings, Behind behind) {
    Drain drain = new Drain(behind.tenants());
    Gateway gateway = create(system, settings, behind, drain);
    var unused =
        system
            .scheduler()
            .scheduleWithFixedDelay(
                TENANTS_CHECK, TENANTS_CHECK, drain::endWhatIsOver, system.executionContext());
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseBeforeServiceUnbind(),
            "tell-clients",
            () -> {
              drain.begin();
              return CompletableFuture.completedStage(Done.getInstance());
            });
    return server(system, settings)
        .withMaterializer(ownThreads(system))
        .bind(gateway::handle)
        .thenApply(
            binding ->
                binding.addToCoordinatedShutdown(settings.bodyTimeout(), system.classicSystem()));
  }

  private static ServerBuilder server(ActorSystem<?> system, HttpSettings settings) {
    return TlsMaterial.secured(
        system, Http.get(system).newServerAt(settings.host(), settings.port()), settings.tls());
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
      ActorSystem<?> system, HttpSettings settings, Behind behind, Drain drain) {
    Clock clock = Clock.systemUTC();
    Tenants tenants = behind.tenants();
    Conversations conversations = behind.conversations();
    Spans spans = Spans.of(system);
    Requests requests = new Requests(system, settings, tenants, behind.tokens());
    Admission admission =
        new Admission(behind.leases(), tenants, conversations, MetricsExtension.metrics(system));
    return new Gateway(
        requests,
        new SessionRoutes(requests, behind.tokens(), admission),
        new ConversationRoutes(requests, admission, conversations, settings),
        new EventStreams(admission, conversations, settings, drain, clock),
        new Sockets(requests, admission, conversations, settings, drain, spans, clock),
        new BrandingRoutes(requests, admission, tenants),
        new AdminRoutes(requests, admission, settings, behind),
        new OpsRoutes(behind.administration(), conversations),
        spans,
        Pages.load(),
        new Origins(tenants),
        drain,
        settings.tls().hasIdentity());
  }

  CompletionStage<HttpResponse> handle(HttpRequest request) {
    return answer(request)
        .thenApply(response -> origins.shared(request, response))
        .thenApply(response -> isEncrypted ? response.addHeader(STRICT) : response);
  }

  private CompletionStage<HttpResponse> answer(HttpRequest request) {
    HttpTrace trace = HttpTrace.begin(request, spans);
    return answer(request, trace.context())
        .thenApply(
            response -> {
              trace.ended(request, response, spans);
              return response;
            });
  }

  private CompletionStage<HttpResponse> answer(HttpRequest request, TraceContext trace) {
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
      return method(
          request,
          "DELETE",
          () -> customer(request, caller -> messages.erase(request, caller, path.get(2))));
    }
    if (path.size() == 4 && path.get(0).equals("v1") && path.get(1).equals(CONVERSATIONS)) {
      return conversation(request, path.get(2), path.get(3), trace);
    }
    if (path.size() >= 3 && path.subList(0, 3).equals(TENANTS)) {
      List<String> behind = path.subList(3, path.size());
      return requests
          .identity(request)
          .thenCompose(who -> admin.route(request, Administrator.of(who), behind));
    }
    if (path.size() >= 2 && path.get(0).equals("v1") && path.get(1).equals("ops")) {
      List<String> behind = path.subList(2, path.size());
      return requests
          .identity(request)
          .thenCompose(who -> ops.route(request, Administrator.of(who), behind));
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
              ? customer(request, caller -> messages.read(request, caller, name))
              : method(
                  request,
                  "POST",
                  () -> customer(request, caller -> messages.send(request, caller, name, trace)));
      case "stop" ->
          method(
              request,
              "POST",
              () -> customer(request, caller -> messages.stop(request, caller, name)));
      case "events" ->
          method(
              request,
              "GET",
              () ->
                  requests
                      .identity(request)
                      .thenApply(who -> events.open(request, Caller.of(who), name)));
      case "ws" ->
          method(
              request,
              "GET",
              () ->
                  sockets
                      .identity(request)
                      .thenApply(who -> sockets.open(request, Caller.of(who), name, trace)));
      default -> throw ProblemException.of(Problem.NOT_FOUND, "no such path");
    };
  }

  /** For a customer who may chat. */
  private CompletionStage<HttpResponse> customer(
      HttpRequest request, Function<Caller, CompletionStage<HttpResponse>> what) {
    return requests.identity(request).thenCompose(identity -> what.apply(Caller.of(identity)));
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

  static List<String> path(Uri uri) {
    Iterator<String> segments = uri.pathSegments().iterator();
    return StreamSupport.stream(((Iterable<String>) () -> segments).spliterator(), false).toList();
  }
}
