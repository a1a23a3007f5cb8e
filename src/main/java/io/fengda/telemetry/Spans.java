package io.fengda.telemetry;

import akka.Done;
import akka.actor.AbstractExtensionId;
import akka.actor.CoordinatedShutdown;
import akka.actor.ExtendedActorSystem;
import akka.actor.Extension;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import io.github.bucket4j.Bucket;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The way of a node's spans to those who look at traces, by OpenTelemetry's SDK and OTLP.
 *
 * <p>A turn's spans are told when it has ended, so that what went wrong or took long is always
 * kept, and of the rest a part. Where no endpoint is set nothing is told. Thread-safe; never
 * blocks: what the collector does not take in time is dropped.
 */
public final class Spans implements Extension {
  private static final Id ID = new Id();
  private static final Duration CLOSE_MAX = Duration.ofSeconds(3);

  private final TracingSettings settings;
  private final Bucket callers;
  private final GivenIds ids = new GivenIds();
  private volatile SdkTracerProvider provider;
  private volatile boolean isOn;

  private Spans(TracingSettings settings) {
    this.settings = settings;
    this.callers =
        Bucket.builder()
            .addLimit(
                limit ->
                    limit
                        .capacity(settings.callersMax())
                        .refillGreedy(settings.callersMax(), Duration.ofSeconds(1)))
            .build();
    this.isOn = !settings.endpoint().isEmpty();
    SdkTracerProviderBuilder builder = builder();
    if (isOn) {
      builder.addSpanProcessor(
          BatchSpanProcessor.builder(
                  OtlpHttpSpanExporter.builder().setEndpoint(settings.endpoint()).build())
              .build());
    }
    this.provider = builder.build();
  }

  private SdkTracerProviderBuilder builder() {
    return SdkTracerProvider.builder()
        .setIdGenerator(ids)
        .setResource(
            Resource.getDefault()
                .merge(
                    Resource.create(
                        Attributes.of(AttributeKey.stringKey("service.name"), "fengda"))));
  }

  public static Spans of(ActorSystem<?> system) {
    return ID.get(Adapter.toClassic(system));
  }

  /** Tells an exporter in place of the endpoint, each span at once. */
  public void exportTo(SpanExporter exporter) {
    provider = builder().addSpanProcessor(SimpleSpanProcessor.create(exporter)).build();
    isOn = true;
  }

  /** Whether a trace that begins now is kept whatever becomes of it. */
  public boolean samples() {
    return isOn && ThreadLocalRandom.current().nextDouble() < settings.ratio();
  }

  /** Whether one more trace is kept because its caller says so: callers share a rate. */
  public boolean mayCallerKeep() {
    return isOn && callers.tryConsume(1);
  }

  /**
   * Whether a part of a trace is told.
   *
   * @param isOdd whether it ended otherwise than one wants
   */
  public boolean wants(boolean isSampled, boolean isOdd, Duration took) {
    return isOn && (isSampled || isOdd || took.compareTo(settings.slow()) >= 0);
  }

  public void export(List<Span> spans) {
    spans.forEach(this::export);
  }

  public void export(Span span) {
    Tracer tracer = provider.get("io.fengda");
    SpanBuilder builder =
        tracer
            .spanBuilder(span.name())
            .setSpanKind(SpanKind.valueOf(span.kind().name()))
            .setStartTimestamp(span.began());
    if (span.parentId().isEmpty()) {
      builder.setNoParent();
    } else {
      builder.setParent(
          Context.root()
              .with(
                  io.opentelemetry.api.trace.Span.wrap(
                      SpanContext.createFromRemoteParent(
                          span.traceId(),
                          span.parentId(),
                          TraceFlags.getSampled(),
                          TraceState.getDefault()))));
    }
    span.attributes().forEach(builder::setAttribute);
    io.opentelemetry.api.trace.Span told = ids.giving(span, builder);
    if (span.failed()) {
      told.setStatus(StatusCode.ERROR);
    }
    told.end(span.ended());
  }

  /** The SDK asks for an id in the thread that starts a span; ours has one already. */
  private static final class GivenIds implements IdGenerator {
    private static final ThreadLocal<Span> GIVEN = new ThreadLocal<>();

    io.opentelemetry.api.trace.Span giving(Span span, SpanBuilder builder) {
      GIVEN.set(span);
      try {
        return builder.startSpan();
      } finally {
        GIVEN.remove();
      }
    }

    @Override
    public String generateSpanId() {
      return GIVEN.get().spanId();
    }

    @Override
    public String generateTraceId() {
      return GIVEN.get().traceId();
    }
  }

  private static final class Id extends AbstractExtensionId<Spans> {
    @Override
    public Spans createExtension(ExtendedActorSystem system) {
      Spans spans = new Spans(TracingSettings.from(system.settings().config()));
      CoordinatedShutdown.get(system)
          .addTask(
              CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
              "tell-last-spans",
              () ->
                  CompletableFuture.supplyAsync(
                      () -> {
                        var unused =
                            spans
                                .provider
                                .shutdown()
                                .join(
                                    CLOSE_MAX.toMillis(),
                                    java.util.concurrent.TimeUnit.MILLISECONDS);
                        return Done.getInstance();
                      }));
      return spans;
    }
  }
}
