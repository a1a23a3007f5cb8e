package io.fengda.k8s;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/** A rendered overlay, as what it makes run: the pods of each role. */
record Installation(Manifests manifests) {
  static final String NAME_LABEL = "app.kubernetes.io/name";
  static final String ROLE_LABEL = "app.kubernetes.io/component";

  List<Deployment> deployments() {
    return manifests.of(Deployment.class);
  }

  Deployment role(String role) {
    return deployments().stream()
        .filter(deployment -> labels(deployment).getOrDefault(ROLE_LABEL, "").equals(role))
        .findAny()
        .orElseThrow(() -> new NoSuchElementException("no Deployment of the role " + role));
  }

  static PodSpec pod(Deployment deployment) {
    return deployment.getSpec().getTemplate().getSpec();
  }

  static Map<String, String> labels(Deployment deployment) {
    return deployment.getSpec().getTemplate().getMetadata().getLabels();
  }

  static Container container(Deployment deployment) {
    List<Container> containers = pod(deployment).getContainers();
    if (containers.size() != 1) {
      throw new AssertionError("one container, not " + containers.size());
    }
    return containers.getFirst();
  }

  /** Ports by their names. */
  static Map<String, Integer> ports(Deployment deployment) {
    Map<String, Integer> ports = new LinkedHashMap<>();
    for (ContainerPort port : container(deployment).getPorts()) {
      ports.put(port.getName(), port.getContainerPort());
    }
    return ports;
  }

  /** The roles whose pods a selector takes. */
  List<String> selected(LabelSelector selector) {
    return deployments().stream()
        .map(Installation::labels)
        .filter(labels -> matches(selector, labels))
        .map(labels -> labels.getOrDefault(ROLE_LABEL, ""))
        .sorted()
        .toList();
  }

  private static boolean matches(LabelSelector selector, Map<String, String> labels) {
    Map<String, String> exact = selector.getMatchLabels();
    return (exact == null || labels.entrySet().containsAll(exact.entrySet()))
        && selector.getMatchExpressions().stream().allMatch(one -> matches(one, labels));
  }

  private static boolean matches(LabelSelectorRequirement one, Map<String, String> labels) {
    if (!one.getOperator().equals("In")) {
      throw new AssertionError("no operator of ours: " + one.getOperator());
    }
    return one.getValues().contains(labels.getOrDefault(one.getKey(), ""));
  }

  /** What a role's nodes find in their environment; what a secret or the pod says is {@code ?}. */
  Map<String, String> environment(Deployment deployment) {
    Map<String, String> environment = new LinkedHashMap<>();
    container(deployment)
        .getEnvFrom()
        .forEach(
            source -> environment.putAll(configMap(source.getConfigMapRef().getName()).getData()));
    for (EnvVar variable : container(deployment).getEnv()) {
      environment.put(
          variable.getName(), variable.getValueFrom() == null ? variable.getValue() : "?");
    }
    return environment;
  }

  private ConfigMap configMap(String name) {
    return manifests.of(ConfigMap.class).stream()
        .filter(map -> map.getMetadata().getName().equals(name))
        .findAny()
        .orElseThrow(() -> new NoSuchElementException("no ConfigMap " + name));
  }

  /** The configuration that a role's nodes read. */
  Config configuration(Deployment deployment) {
    Map<String, String> environment = environment(deployment);
    environment.put("FENGDA_DATABASE_URL", "postgres://fengda:secret@postgres:5432/fengda");
    environment.put("FENGDA_PLATFORM_KEY", "a-platform-key-of-at-least-32-bytes");
    environment.remove("FENGDA_PLATFORM_KEY_BEFORE");
    environment.put("FENGDA_CLUSTER_HOST", "10.0.0.1");
    return ConfigFactory.defaultOverrides()
        .withFallback(ConfigFactory.parseResourcesAnySyntax("application"))
        .withFallback(ConfigFactory.parseMap(environment))
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve();
  }
}
