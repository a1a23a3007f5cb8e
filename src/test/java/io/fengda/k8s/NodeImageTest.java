package io.fengda.k8s;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Jib puts into the image, looked at in its tar on an empty base: no registry is asked. */
class NodeImageTest {
  private static final Instant BUILT = Instant.parse("2026-11-30T12:34:56Z");

  @TempDir Path directory;

  private final ObjectMapper json = new ObjectMapper();
  private Path distribution;

  @BeforeEach
  void makeDistribution() throws IOException {
    distribution = directory.resolve("fengda");
    for (String file :
        List.of("lib/akka.jar", "lib/fengda-0.1.jar", "lib/fengda.aot", "conf/application.conf")) {
      write(file, file);
    }
    write("bin/fengda", Files.readString(Path.of("src/main/bin/fengda")));
    assertTrue(distribution.resolve("bin/fengda").toFile().setExecutable(true));
  }

  @Test
  void itStartsTheDistributionAsAUserThatIsNotRoot() throws Exception {
    JsonNode config = image().config();

    assertEquals("[\"/opt/fengda/bin/fengda\"]", config.get("Entrypoint").toString());
    assertEquals("/opt/fengda", config.get("WorkingDir").asText());
    assertEquals(NodeImage.USER, config.get("User").asText());
    assertEquals(Set.of(), variables(config));
  }

  @Test
  void aNewVersionLeavesTheLibrariesLayerAsItWas() throws Exception {
    Image before = image();
    write("lib/fengda-0.1.jar", "changed", BUILT.plusSeconds(60));
    Image after = image();

    assertEquals(List.of("/opt/fengda/lib/akka.jar"), before.files(0));
    assertEquals(
        List.of(
            "/opt/fengda/bin/fengda",
            "/opt/fengda/conf/application.conf",
            "/opt/fengda/lib/fengda-0.1.jar"),
        before.files(1));
    assertEquals(List.of("/opt/fengda/lib/fengda.aot"), before.files(2));
    assertEquals(before.names().get(0), after.names().get(0));
    assertTrue(!before.names().get(1).equals(after.names().get(1)));
  }

  @Test
  void filesKeepTheirTimesAndNobodyButRootMayWriteThem() throws Exception {
    List<TarArchiveEntry> entries =
        image().layers().stream().flatMap(layer -> layer.stream()).toList();

    for (TarArchiveEntry entry : entries) {
      assertEquals(0, entry.getLongUserId(), entry.getName());
      assertEquals(0, entry.getMode() & 0022, entry.getName());
      if (entry.isFile()) {
        assertEquals(BUILT, entry.getLastModifiedTime().toInstant(), entry.getName());
        boolean isProgram = entry.getName().endsWith("bin/fengda");
        assertEquals(isProgram ? 0755 : 0644, entry.getMode() & 0777, entry.getName());
      }
    }
  }

  /**
   * A tar, unpacked.
   *
   * @param names of the layers, by their content
   */
  private record Image(JsonNode config, List<String> names, List<List<TarArchiveEntry>> layers) {
    List<String> files(int layer) {
      return layers.get(layer).stream()
          .filter(TarArchiveEntry::isFile)
          .map(entry -> "/" + entry.getName().replaceFirst("^/", ""))
          .sorted()
          .toList();
    }
  }

  private Image image() throws Exception {
    Path tar = directory.resolve("image.tar");
    NodeImage.build(distribution, NodeImage.SCRATCH, tar.toString(), directory.resolve("cache"));
    Map<String, byte[]> parts = new HashMap<>();
    try (TarArchiveInputStream in = new TarArchiveInputStream(Files.newInputStream(tar))) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        parts.put(entry.getName(), in.readAllBytes());
      }
    }
    JsonNode manifest = json.readTree(parts.get("manifest.json")).get(0);
    List<String> names =
        StreamSupport.stream(manifest.get("Layers").spliterator(), false)
            .map(JsonNode::asText)
            .toList();
    List<List<TarArchiveEntry>> layers = new ArrayList<>();
    for (String name : names) {
      layers.add(entries(Objects.requireNonNull(parts.get(name), name)));
    }
    JsonNode config = json.readTree(parts.get(manifest.get("Config").asText())).get("config");
    return new Image(config, names, layers);
  }

  private static List<TarArchiveEntry> entries(byte[] layer) throws IOException {
    List<TarArchiveEntry> entries = new ArrayList<>();
    try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(layer));
        TarArchiveInputStream in = new TarArchiveInputStream(unpacked)) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  /** Variables of the image's own: there are none, what a node is told comes with its pod. */
  private static Set<String> variables(JsonNode config) {
    return StreamSupport.stream(config.path("Env").spliterator(), false)
        .map(JsonNode::asText)
        .collect(Collectors.toSet());
  }

  private void write(String file, String text) throws IOException {
    write(file, text, BUILT);
  }

  private void write(String file, String text, Instant built) throws IOException {
    Path path = distribution.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
    Files.setLastModifiedTime(path, FileTime.from(built));
  }
}
