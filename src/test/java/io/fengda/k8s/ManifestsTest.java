package io.fengda.k8s;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every file is what Kubernetes, KEDA and the Prometheus Operator know, to the last field. */
class ManifestsTest {
  static List<Path> files() throws IOException {
    return Manifests.files();
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyFileIsOfItsTypes(Path file) throws IOException {
    assertTrue(!Manifests.read(file).all().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spec: {replica: 2}",
        "spec: {template: {spec: {containers: [{name: a, imagePullPolice: Always}]}}}",
        "spec: {template: {spec: {containers: [{readinessProbe: {httpGet: {paths: /}}}]}}}",
        "spec: {template: {spec: {containers: [{env: [{name: A, value: 1}]}]}}}",
        "spec: {template: {spec: {securityContext: {runAsRoot: false}}}}",
        "spec: {replicas: 2, replicas: 3}",
        "spec: {replicas: many}",
      })
  void whatKubernetesDoesNotKnowFails(String wrong) {
    assertThrows(
        IOException.class,
        () -> Manifests.parsed("apiVersion: apps/v1\nkind: Deployment\n" + wrong));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nspec: {maxReplicas: 3}",
        "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n"
            + "spec: {triggers: [{type: cpu, metadata: {value: 70}}]}",
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n"
            + "spec: {groups: [{name: a, rules: [{alert: A, query: up}]}]}",
        "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nspec: {endpoints: []}",
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
            + "spec: {ingress: [{ports: [{containerPort: 1}]}]}",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nbases: []",
        "apiVersion: extensions/v1beta1\nkind: Ingress",
      })
  void whatOthersDoNotKnowFailsToo(String wrong) {
    assertThrows(IOException.class, () -> Manifests.parsed(wrong));
  }

  @Test
  void everyFileIsInAKustomizationThatAnOverlayLeadsTo() throws IOException {
    Set<Path> reached =
        Manifests.overlays().stream()
            .flatMap(overlay -> reached(overlay).stream())
            .collect(Collectors.toSet());

    assertEquals(Set.copyOf(Manifests.files()), reached);
  }

  @Test
  void noFileHoldsASecret() throws IOException {
    for (Path file : Manifests.files()) {
      assertTrue(!Files.readString(file).contains("kind: Secret"), file::toString);
      for (Deployment deployment : Manifests.read(file).of(Deployment.class)) {
        Installation.container(deployment).getEnv().stream()
            .filter(variable -> variable.getName().matches(".*(_KEY|_SECRET|_URL|_BEFORE).*"))
            .forEach(
                variable ->
                    assertEquals("fengda", variable.getValueFrom().getSecretKeyRef().getName()));
      }
    }
  }

  private static Set<Path> reached(Path folder) {
    try {
      Path file = folder.resolve("kustomization.yaml");
      Kustomization kustomization = Manifests.read(file).one(Kustomization.class);
      Set<Path> reached = new HashSet<>(Set.of(file));
      orNone(kustomization.patches()).forEach(patch -> reached.add(folder.resolve(patch.path())));
      List<String> resources = new ArrayList<>(orNone(kustomization.resources()));
      resources.addAll(orNone(kustomization.components()));
      for (String resource : resources) {
        Path path = folder.resolve(resource).normalize();
        reached.addAll(Files.isDirectory(path) ? reached(path) : Set.of(path));
      }
      return reached;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> List<T> orNone(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}
