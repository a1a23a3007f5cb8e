package io.fengda.k8s;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@code kustomization.yaml}, or a component: of its fields those that we use. */
record Kustomization(
    String apiVersion,
    String kind,
    @Nullable String namespace,
    @Nullable List<String> resources,
    @Nullable List<String> components,
    @Nullable List<Image> images,
    @Nullable List<Replicas> replicas,
    @Nullable List<Generator> configMapGenerator,
    @Nullable List<Patch> patches) {

  record Image(String name, String newName, String newTag) {}

  record Replicas(String name, int count) {}

  record Generator(
      String name,
      @Nullable String behavior,
      @Nullable List<String> literals,
      @Nullable List<String> files,
      @Nullable Options options) {}

  record Options(Map<String, String> labels) {}

  record Patch(String path, @Nullable Target target) {}

  record Target(String kind, @Nullable String name) {}
}
