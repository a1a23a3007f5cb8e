package io.fengda.k8s;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What operators are told to type is about what there is. */
class HandbookTest {
  private static final Path HANDBOOK = Manifests.FOLDER.resolve("README.md");

  @Test
  void theOverlayThatItShowsRendersWithWhatItSays() throws Exception {
    Assumptions.assumeTrue(Manifests.canRender(), "there is no kubectl");
    Path overlay = Files.createDirectories(Path.of("target", "handbook-overlay"));
    String shown = block("yaml").replace("../k8s/", "../../k8s/");
    Files.writeString(overlay.resolve("kustomization.yaml"), shown);

    Installation installation = new Installation(Manifests.rendered(overlay));

    Map<String, String> gateway = installation.environment(installation.role("gateway"));
    assertEquals("kafka-0.kafka:9092,kafka-1.kafka:9092", gateway.get("FENGDA_KAFKA_BOOTSTRAP"));
    assertEquals("kubernetes", gateway.get("FENGDA_CLUSTER_BOOTSTRAP"));
    assertEquals(
        "registry.your.example/fengda:0.1.0",
        Installation.container(installation.role("worker")).getImage());
    Ingress ingress = installation.manifests().one(Ingress.class);
    assertEquals("chat.your.example", ingress.getSpec().getRules().getFirst().getHost());
    assertEquals(List.of("chat.your.example"), ingress.getSpec().getTls().getFirst().getHosts());
  }

  @Test
  void theDeploymentsThatItNamesAreThere() throws IOException {
    Set<String> named = new TreeSet<>();
    Matcher matcher =
        Pattern.compile("(?:deployment/|hpa |scaledobject )(fengda-[a-z]+)")
            .matcher(Files.readString(HANDBOOK));
    while (matcher.find()) {
      named.add(matcher.group(1));
    }
    Set<String> names = new TreeSet<>();
    for (Path file : Manifests.files()) {
      names.addAll(
          Manifests.read(file).all().stream()
              .filter(HasMetadata.class::isInstance)
              .map(HasMetadata.class::cast)
              .map(one -> one.getMetadata().getName())
              .collect(Collectors.toSet()));
    }

    assertTrue(named.size() >= 3, named::toString);
    assertTrue(names.containsAll(named), () -> named + " of " + names);
  }

  @Test
  void itsShellBlocksAreShell() throws Exception {
    for (String commands : blocks("bash")) {
      Process check =
          new ProcessBuilder("bash", "-n", "-c", commands).redirectErrorStream(true).start();
      String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, check.waitFor(), said);
    }
  }

  private static String block(String language) throws IOException {
    return blocks(language).getFirst();
  }

  /** Code blocks, without the indentation of the list that they may stand in. */
  private static List<String> blocks(String language) throws IOException {
    Matcher matcher =
        Pattern.compile("(?ms)^( *)```" + language + "\\n(.*?)^ *```$")
            .matcher(Files.readString(HANDBOOK));
    List<String> blocks = new ArrayList<>();
    while (matcher.find()) {
      blocks.add(matcher.group(2).replaceAll("(?m)^" + matcher.group(1), ""));
    }
    return blocks;
  }
}
