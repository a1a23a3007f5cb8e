package io.fengda.k8s;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The image of a node: a distribution on a base that has Java, made by Jib without a Docker daemon.
 * It belongs to root, and the user that it runs as may write none of it. Files keep their times:
 * the ahead-of-time cache holds for jars of the very time that it was made with.
 */
public final class NodeImage {
  /** Not root, and no user of the base. */
  static final String USER = "10001:10001";

  static final String HOME = "/opt/fengda";
  static final String NAME = "fengda";

  /** The base that is empty and needs no registry. */
  static final String SCRATCH = "scratch";

  private static final String TAR = ".tar";
  private static final Path CACHE = Path.of("target", "jib-cache");

  private NodeImage() {}

  /** Takes the distribution's folder, the base, and a file {@code .tar} or a name in a registry. */
  public static void main(String[] args) throws Exception {
    build(Path.of(args[0]), args[1], args[2], CACHE);
    System.out.printf("%s: %s on %s%n", args[2], args[0], args[1]);
    System.exit(0);
  }

  /**
   * Makes it.
   *
   * @param cache where layers are kept for the next time
   */
  static void build(Path distribution, String base, String to, Path cache) throws Exception {
    if (!Files.isExecutable(distribution.resolve("bin/fengda"))) {
      throw new IOException("no distribution in " + distribution + ": mvn -DskipTests package");
    }
    var unused =
        from(base)
            .setFileEntriesLayers(layers(distribution))
            .setWorkingDirectory(AbsoluteUnixPath.get(HOME))
            .setEntrypoint(HOME + "/bin/fengda")
            .setUser(USER)
            .containerize(
                to(to)
                    .setApplicationLayersCache(cache)
                    .setOfflineMode(base.equals(SCRATCH) && to.endsWith(TAR))
                    .setToolName("fengda"));
  }

  private static JibContainerBuilder from(String base) throws Exception {
    return base.equals(SCRATCH) ? Jib.fromScratch() : Jib.from(inRegistry(base));
  }

  private static Containerizer to(String to) throws Exception {
    return to.endsWith(TAR)
        ? Containerizer.to(TarImage.at(Path.of(to)).named(NAME))
        : Containerizer.to(inRegistry(to));
  }

  /** With what {@code docker login} left in the user's configuration. */
  private static RegistryImage inRegistry(String name) throws Exception {
    ImageReference reference = ImageReference.parse(name);
    return RegistryImage.named(reference)
        .addCredentialRetriever(
            CredentialRetrieverFactory.forImage(reference, event -> {}).dockerConfig());
  }

  /** What changes seldom comes first: a new version of a node sends only what is behind it. */
  private static List<FileEntriesLayer> layers(Path distribution) throws IOException {
    Predicate<Path> isCache = file -> file.toString().endsWith(".aot");
    Predicate<Path> isLibrary =
        file ->
            file.startsWith(distribution.resolve("lib"))
                && !isCache.test(file)
                && !String.valueOf(file.getFileName()).startsWith(NAME);
    return List.of(
        layer("libraries", distribution, isLibrary),
        layer("node", distribution, isLibrary.or(isCache).negate()),
        layer("cache", distribution, isCache));
  }

  private static FileEntriesLayer layer(String name, Path distribution, Predicate<Path> wanted)
      throws IOException {
    FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
    try (Stream<Path> files = Files.walk(distribution)) {
      for (Path file : files.filter(Files::isRegularFile).filter(wanted).sorted().toList()) {
        layer.addEntry(
            file,
            AbsoluteUnixPath.get(HOME).resolve(distribution.relativize(file)),
            FilePermissions.fromOctalString(Files.isExecutable(file) ? "755" : "644"),
            Files.getLastModifiedTime(file).toInstant());
      }
    }
    return layer.build();
  }
}
