package io.fengda.telemetry;

import akka.actor.AbstractExtensionId;
import akka.actor.ExtendedActorSystem;
import akka.actor.Extension;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * The one registry of a node, for those who count and for {@link MetricsRoutes}, which shows it.
 */
public final class MetricsExtension implements Extension {
  private static final Id ID = new Id();

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final JvmGcMetrics gc = new JvmGcMetrics();

  private MetricsExtension() {
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    gc.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
  }

  public static Metrics metrics(ActorSystem<?> system) {
    return new Metrics(ID.get(Adapter.toClassic(system)).registry);
  }

  static PrometheusMeterRegistry registry(ExtendedActorSystem system) {
    return ID.get(system).registry;
  }

  private static final class Id extends AbstractExtensionId<MetricsExtension> {
    @Override
    public MetricsExtension createExtension(ExtendedActorSystem system) {
      return new MetricsExtension();
    }
  }
}
