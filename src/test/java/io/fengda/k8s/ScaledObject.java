package io.fengda.k8s;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code keda.sh/v1alpha1} calls a ScaledObject: of its fields those that we use. */
record ScaledObject(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {

  record Spec(
      ScaleTarget scaleTargetRef,
      int pollingInterval,
      int minReplicaCount,
      int maxReplicaCount,
      Advanced advanced,
      List<Trigger> triggers) {}

  record ScaleTarget(String name) {}

  record Advanced(Autoscaler horizontalPodAutoscalerConfig) {}

  record Autoscaler(HorizontalPodAutoscalerBehavior behavior) {}

  /**
   * Why there should be more or fewer.
   *
   * @param metricType none where the time of day says it
   * @param metadata every value is a string, numbers too
   */
  record Trigger(
      String type, String name, @Nullable String metricType, Map<String, String> metadata) {
    @Nullable String query() {
      return metadata.get("query");
    }
  }
}
