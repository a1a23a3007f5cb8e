package io.fengda.k8s;

import static io.fengda.k8s.Installation.container;
import static io.fengda.k8s.Installation.pod;
import static io.fengda.k8s.Installation.ports;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HPAScalingRules;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressServiceBackend;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fengda.NodeSettings;
import io.fengda.answerer.AnswererSettings;
import io.fengda.conversation.ConversationSettings;
import io.fengda.http.HttpSettings;
import io.fengda.identity.IdentitySettings;
import io.fengda.queue.QueueSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an overlay makes run is what the code is: roles, ports, settings, times, numbers. */
class InstallationTest {
  private static final Set<String> ROLES =
      Arrays.stream(NodeSettings.Role.values())
          .map(role -> role.name().toLowerCase(Locale.ROOT))
          .collect(Collectors.toSet());

  /** Of the JVM and of a library, which are no settings of Fengda's. */
  private static final Set<String> OTHERS_VARIABLES = Set.of("JAVA_OPTS", "DJL_CACHE_DIR");

  /** Namespaces that are not ours. */
  private static final Set<String> NEIGHBOURS = Set.of("monitoring", "ingress-nginx");

  private static List<Installation> rendered = List.of();

  @BeforeAll
  static void render() throws IOException, InterruptedException {
    Assumptions.assumeTrue(Manifests.canRender(), "there is no kubectl");
    List<Installation> installations = new ArrayList<>();
    for (Path overlay : Manifests.overlays()) {
      installations.add(new Installation(Manifests.rendered(overlay)));
    }
    rendered = installations;
  }

  static List<Installation> installations() {
    return rendered;
  }

  @ParameterizedTest
  @MethodSource("installations")
  void everyRoleHasItsPodsAndSettingsThatANodeStartsWith(Installation installation) {
    Set<String> roles = new HashSet<>();
    for (Deployment deployment : installation.deployments()) {
      Config config = installation.configuration(deployment);
      NodeSettings node = NodeSettings.from(config);
      assertEquals(1, node.roles().size());
      String role = node.roles().iterator().next().name().toLowerCase(Locale.ROOT);
      assertEquals(role, Installation.labels(deployment).get(Installation.ROLE_LABEL));
      assertEquals("fengda-" + role, deployment.getMetadata().getName());
      assertEquals(
          Installation.labels(deployment), deployment.getSpec().getSelector().getMatchLabels());
      assertTrue(node.asksKubernetes());
      assertEquals("0.0.0.0", node.bindHost());
      assertEquals(3, QueueSettings.from(config).replicationFactor());
      Objects.requireNonNull(ConversationSettings.from(config));
      Objects.requireNonNull(HttpSettings.from(config));
      Objects.requireNonNull(IdentitySettings.from(config));
      Objects.requireNonNull(AnswererSettings.from(config));
      roles.add(role);
    }
    assertEquals(ROLES, roles);
  }

  @ParameterizedTest
  @MethodSource("installations")
  void everyVariableIsASettingThatTheHandbookNames(Installation installation) throws IOException {
    Set<String> settings = variables(Path.of("conf"));
    String handbook = Files.readString(Path.of("conf/README.md"));
    for (Deployment deployment : installation.deployments()) {
      Set<String> given = new TreeSet<>(installation.environment(deployment).keySet());
      given.removeAll(OTHERS_VARIABLES);
      for (String variable : given) {
        assertTrue(settings.contains(variable), variable);
        assertTrue(handbook.contains("`" + variable + "`"), variable);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("installations")
  void portsAreThoseThatNodesListenOn(Installation installation) {
    for (Deployment deployment : installation.deployments()) {
      String role = Installation.labels(deployment).getOrDefault(Installation.ROLE_LABEL, "");
      Config config = installation.configuration(deployment);
      Map<String, Integer> ports = ports(deployment);

      assertEquals(config.getInt("fengda.cluster.management-port"), ports.get("management"));
      assertEquals(config.getInt("fengda.cluster.port"), ports.get("cluster"));
      if (role.equals("gateway")) {
        assertEquals(config.getInt("fengda.http.port"), ports.get("http"));
      }
      if (role.equals("answerer")) {
        assertEquals(config.getInt("fengda.answerer.port"), ports.get("answerer"));
        assertEquals(config.getInt("fengda.openai.port"), ports.get("openai"));
        assertEquals("0.0.0.0", config.getString("fengda.answerer.host"));
        assertEquals("0.0.0.0", config.getString("fengda.openai.host"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("installations")
  void nodesAskForTheConversationPodsByThePortThatTheyHave(Installation installation) {
    Deployment conversation = installation.role("conversation");
    Config config = installation.configuration(conversation);
    String discovery = "akka.management.cluster.bootstrap.contact-point-discovery.";
    Map<String, String> asked =
        Manifests.labels(config.getString("akka.discovery.kubernetes-api.pod-label-selector"));

    assertEquals(Installation.labels(conversation), asked);
    assertTrue(ports(conversation).containsKey(config.getString(discovery + "port-name")));
    int least = autoscaler(installation, "conversation").getSpec().getMinReplicas();
    int asks = config.getInt(discovery + "required-contact-point-nr");
    assertTrue(2 * asks > least && asks <= least, asks + " of " + least);

    Role role = installation.manifests().one(Role.class);
    RoleBinding binding = installation.manifests().one(RoleBinding.class);
    String account = installation.manifests().one(ServiceAccount.class).getMetadata().getName();
    assertEquals(1, role.getRules().size());
    assertEquals(List.of("pods"), role.getRules().getFirst().getResources());
    assertEquals(List.of("list"), role.getRules().getFirst().getVerbs());
    assertEquals(role.getMetadata().getName(), binding.getRoleRef().getName());
    assertEquals(account, binding.getSubjects().getFirst().getName());
    installation
        .deployments()
        .forEach(each -> assertEquals(account, pod(each).getServiceAccountName()));
  }

  @ParameterizedTest
  @MethodSource("installations")
  void servicesAndIngressLeadToPortsThatAreThere(Installation installation) {
    for (Service service : installation.manifests().of(Service.class)) {
      String role = service.getSpec().getSelector().get(Installation.ROLE_LABEL);
      Deployment deployment = installation.role(String.valueOf(role));
      assertEquals(Installation.labels(deployment), service.getSpec().getSelector());
      for (ServicePort port : service.getSpec().getPorts()) {
        String target = port.getTargetPort().getStrVal();
        assertTrue(ports(deployment).containsKey(target), target);
        if (role != null && role.equals("answerer")) {
          // The handbook tells tenants' administrators these numbers.
          assertEquals(ports(deployment).get(target), port.getPort());
        }
      }
    }
    Ingress ingress = installation.manifests().one(Ingress.class);
    IngressServiceBackend backend =
        ingress
            .getSpec()
            .getRules()
            .getFirst()
            .getHttp()
            .getPaths()
            .getFirst()
            .getBackend()
            .getService();
    Service behind =
        installation.manifests().of(Service.class).stream()
            .filter(service -> service.getMetadata().getName().equals(backend.getName()))
            .findAny()
            .orElseThrow();
    assertTrue(
        behind.getSpec().getPorts().stream()
            .anyMatch(port -> port.getName().equals(backend.getPort().getName())));
    String idle =
        ingress
            .getMetadata()
            .getAnnotations()
            .get("nginx.ingress.kubernetes.io/proxy-read-timeout");
    Config config = installation.configuration(installation.role("gateway"));
    assertTrue(
        Integer.parseInt(String.valueOf(idle))
            > config.getDuration("fengda.http.heartbeat").toSeconds());
  }

  @ParameterizedTest
  @MethodSource("installations")
  void theManagementPortIsForTheClusterAndTheMonitoringAlone(Installation installation) {
    Set<String> reached = new HashSet<>();
    for (NetworkPolicy policy : installation.manifests().of(NetworkPolicy.class)) {
      List<String> of = installation.selected(policy.getSpec().getPodSelector());
      assertFalse(of.isEmpty(), policy.getMetadata().getName());
      assertEquals(List.of("Ingress"), policy.getSpec().getPolicyTypes());
      for (NetworkPolicyIngressRule rule : policy.getSpec().getIngress()) {
        for (String from : from(installation, rule)) {
          rule.getPorts()
              .forEach(
                  port -> {
                    String name = port.getPort().getStrVal();
                    of.forEach(
                        role -> assertTrue(ports(installation.role(role)).containsKey(name), name));
                    of.forEach(role -> reached.add(from + " -> " + role + ":" + name));
                  });
        }
      }
    }
    Set<String> expected = new HashSet<>();
    for (String to : ROLES) {
      ROLES.forEach(from -> expected.add(from + " -> " + to + ":management"));
      ROLES.forEach(from -> expected.add(from + " -> " + to + ":cluster"));
      expected.add("monitoring -> " + to + ":management");
    }
    expected.add("ingress-nginx -> gateway:http");
    for (String from : List.of("worker", "gateway")) {
      expected.add(from + " -> answerer:answerer");
      expected.add(from + " -> answerer:openai");
    }
    assertEquals(new TreeSet<>(expected), new TreeSet<>(reached));
  }

  @ParameterizedTest
  @MethodSource("installations")
  void aPodHasTheTimeThatADrainTakes(Installation installation) {
    for (Deployment deployment : installation.deployments()) {
      Config phases = installation.configuration(deployment).getConfig("akka.coordinated-shutdown");
      Duration usual = phases.getDuration("default-phase-timeout");
      Duration drain =
          phases.getConfig("phases").root().keySet().stream()
              .map(phase -> "phases." + phase + ".timeout")
              .map(path -> phases.hasPath(path) ? phases.getDuration(path) : usual)
              .reduce(Duration.ZERO, Duration::plus);
      List<String> preStop =
          container(deployment).getLifecycle().getPreStop().getExec().getCommand();
      assertEquals("sleep", preStop.get(0));
      Duration wait = Duration.ofSeconds(Long.parseLong(preStop.get(1)));
      Duration grace = Duration.ofSeconds(pod(deployment).getTerminationGracePeriodSeconds());

      assertTrue(grace.compareTo(drain.plus(wait)) > 0, drain + " and " + wait);
      // Whoever is told to go must be out of every list of addresses before.
      assertTrue(wait.compareTo(Duration.ofSeconds(5)) >= 0);
    }
  }

  @ParameterizedTest
  @MethodSource("installations")
  void probesAskWhatManagementAnswers(Installation installation) {
    for (Deployment deployment : installation.deployments()) {
      Config config = installation.configuration(deployment);
      Container container = container(deployment);
      Config checks = config.getConfig("akka.management.health-checks");
      String alive = "/" + checks.getString("liveness-path");

      assertEquals(alive, management(container.getStartupProbe()).getPath());
      assertEquals(alive, management(container.getLivenessProbe()).getPath());
      assertEquals(
          "/" + checks.getString("readiness-path"),
          management(container.getReadinessProbe()).getPath());
      Probe startup = container.getStartupProbe();
      long patience = (long) startup.getPeriodSeconds() * startup.getFailureThreshold();
      // PostgreSQL, then Kafka.
      assertTrue(patience > 2 * config.getDuration("fengda.start-timeout").toSeconds());
      assertTrue(
          container.getReadinessProbe().getTimeoutSeconds()
              > checks.getDuration("check-timeout").toSeconds());
    }
    // The next node goes when the one before has its share of conversations.
    Deployment conversation = installation.role("conversation");
    assertTrue(
        conversation.getSpec().getMinReadySeconds()
            > installation
                .configuration(conversation)
                .getDuration("fengda.conversation.node-settles-in")
                .toSeconds());
  }

  @ParameterizedTest
  @MethodSource("installations")
  void podsRunAsTheImagesUserAndWriteNothingButTmp(Installation installation) {
    for (Deployment deployment : installation.deployments()) {
      Container container = container(deployment);
      var pod = pod(deployment).getSecurityContext();
      var own = container.getSecurityContext();

      assertEquals(NodeImage.USER, pod.getRunAsUser() + ":" + pod.getRunAsGroup());
      assertTrue(pod.getRunAsNonRoot());
      assertEquals("RuntimeDefault", pod.getSeccompProfile().getType());
      assertTrue(own.getReadOnlyRootFilesystem());
      assertFalse(own.getAllowPrivilegeEscalation());
      assertEquals(List.of("ALL"), own.getCapabilities().getDrop());
      assertEquals(1, container.getVolumeMounts().size());
      assertEquals("/tmp", container.getVolumeMounts().getFirst().getMountPath());
      assertTrue(
          installation
              .environment(deployment)
              .getOrDefault("DJL_CACHE_DIR", "")
              .startsWith("/tmp/"));
      assertTrue(container.getImage().contains("/" + NodeImage.NAME + ":"));
      var resources = container.getResources();
      assertEquals(Set.of("cpu", "memory"), resources.getRequests().keySet());
      assertEquals(resources.getRequests().get("memory"), resources.getLimits().get("memory"));
    }
  }

  @ParameterizedTest
  @MethodSource("installations")
  void secretsAreThoseThatTheHandbookHasMade(Installation installation) throws IOException {
    String handbook = Files.readString(Manifests.FOLDER.resolve("README.md"));
    for (Deployment deployment : installation.deployments()) {
      for (EnvVar variable : container(deployment).getEnv()) {
        if (variable.getValueFrom() != null && variable.getValueFrom().getSecretKeyRef() != null) {
          var key = variable.getValueFrom().getSecretKeyRef();
          assertEquals("fengda", key.getName());
          assertTrue(handbook.contains("create secret generic " + key.getName() + " "));
          assertTrue(handbook.contains("--from-literal=" + key.getKey() + "="), key.getKey());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("installations")
  void everyRoleMayLoseSomePodsAndIsCountedByOneThing(Installation installation) {
    List<String> budgets =
        installation.manifests().of(PodDisruptionBudget.class).stream()
            .flatMap(budget -> installation.selected(budget.getSpec().getSelector()).stream())
            .sorted()
            .toList();
    assertEquals(ROLES.stream().sorted().toList(), budgets);

    Set<String> scaled =
        installation.manifests().of(HorizontalPodAutoscaler.class).stream()
            .map(autoscaler -> autoscaler.getSpec().getScaleTargetRef().getName())
            .collect(Collectors.toCollection(HashSet::new));
    assertEquals(Set.of("fengda-gateway", "fengda-conversation"), scaled);
    installation
        .manifests()
        .of(ScaledObject.class)
        .forEach(object -> scaled.add(object.spec().scaleTargetRef().name()));
    for (Deployment deployment : installation.deployments()) {
      boolean isScaled = scaled.contains(deployment.getMetadata().getName());
      assertEquals(isScaled, deployment.getSpec().getReplicas() == null);
    }
    installation
        .manifests()
        .of(PodMonitor.class)
        .forEach(
            monitor ->
                assertEquals(
                    ROLES.stream().sorted().toList(),
                    installation.selected(monitor.getSpec().getSelector())));
  }

  @ParameterizedTest
  @MethodSource("installations")
  void thereAreShardsForTheLargestNumberOfConversationNodes(Installation installation) {
    Config config = installation.configuration(installation.role("conversation"));
    int nodes = autoscaler(installation, "conversation").getSpec().getMaxReplicas();

    assertTrue(config.getInt("akka.cluster.sharding.number-of-shards") >= 10 * nodes);
  }

  @ParameterizedTest
  @MethodSource("installations")
  void workersDoubleAtAPeakAndGoSlowlyAndThereArePartitionsForAll(Installation installation) {
    for (ScaledObject object : installation.manifests().of(ScaledObject.class)) {
      Config config = installation.configuration(installation.role("worker"));
      QueueSettings queue = QueueSettings.from(config);
      var behavior = object.spec().advanced().horizontalPodAutoscalerConfig().behavior();

      assertEquals(300, object.spec().maxReplicaCount());
      assertTrue(queue.partitions() >= 2 * object.spec().maxReplicaCount());
      assertTrue(queue.tenantPartitions() <= queue.partitions());
      assertEquals("100 % each 15 s after 0 s", onlyPolicy(behavior.getScaleUp()));
      assertEquals("10 % each 60 s after 300 s", onlyPolicy(behavior.getScaleDown()));
      Map<String, String> thresholds =
          object.spec().triggers().stream()
              .filter(trigger -> trigger.query() != null)
              .collect(
                  Collectors.toMap(
                      ScaledObject.Trigger::name,
                      trigger -> trigger.metadata().getOrDefault("threshold", "")));
      assertEquals(Map.of("lag", "50000", "wait", "0.2", "taken", "1000"), thresholds);
      object
          .spec()
          .triggers()
          .forEach(
              trigger ->
                  assertEquals(
                      switch (trigger.name()) {
                        case "taken" -> "AverageValue";
                        case "midnight" -> null;
                        default -> "Value";
                      },
                      trigger.metricType()));
    }
  }

  private static String onlyPolicy(HPAScalingRules rules) {
    assertEquals(1, rules.getPolicies().size());
    var policy = rules.getPolicies().getFirst();
    assertEquals("Percent", policy.getType());
    return "%d %% each %d s after %d s"
        .formatted(
            policy.getValue(), policy.getPeriodSeconds(), rules.getStabilizationWindowSeconds());
  }

  private static HorizontalPodAutoscaler autoscaler(Installation installation, String role) {
    return installation.manifests().of(HorizontalPodAutoscaler.class).stream()
        .filter(one -> one.getSpec().getScaleTargetRef().getName().equals("fengda-" + role))
        .findAny()
        .orElseThrow();
  }

  private static HTTPGetAction management(Probe probe) {
    assertEquals("management", probe.getHttpGet().getPort().getStrVal());
    return probe.getHttpGet();
  }

  /** Roles of this installation, or the names of other namespaces. */
  private static Set<String> from(Installation installation, NetworkPolicyIngressRule rule) {
    assertFalse(rule.getFrom().isEmpty(), "open to everybody");
    Set<String> from = new HashSet<>();
    rule.getFrom()
        .forEach(
            peer -> {
              if (peer.getPodSelector() != null) {
                from.addAll(installation.selected(peer.getPodSelector()));
              } else {
                from.addAll(peer.getNamespaceSelector().getMatchLabels().values());
              }
            });
    assertTrue(
        from.stream().allMatch(name -> ROLES.contains(name) || NEIGHBOURS.contains(name)),
        from::toString);
    return from;
  }

  /** The variables that the configuration's files read. */
  private static Set<String> variables(Path folder) throws IOException {
    Pattern variable = Pattern.compile("\\$\\{\\?(FENGDA_\\w+)}");
    Set<String> variables = new HashSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".conf")).toList()) {
        Matcher matcher = variable.matcher(Files.readString(file));
        while (matcher.find()) {
          variables.add(matcher.group(1));
        }
      }
    }
    return variables;
  }
}
