package io.fengda.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked once from the jar on the class path.
 *
 * @param folder holds {@code bin}, {@code lib} and {@code share}
 * @param unpackedNow whether they were not there before
 */
record PostgresBinaries(Path folder, boolean unpackedNow) {
  private static final Pattern JAR_VERSION = Pattern.compile("-(\\d+(?:\\.\\d+)+)\\.jar!");
  private static final Pattern SERVER_VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+\\S*)");
  private static final int OWNER_MAY_EXECUTE = 0b001_000_000;

  /** The programs in {@code postgres-<version>} below the folder. */
  static PostgresBinaries in(Path dataDirectory) throws IOException {
    URL archive = archive();
    Path folder = dataDirectory.resolve("postgres-" + release(archive));
    if (Files.isDirectory(folder)) {
      return new PostgresBinaries(folder, false);
    }
    Path unfinished = folder.resolveSibling(folder.getFileName() + ".tmp");
    Folders.delete(unfinished);
    unpack(archive, unfinished);
    Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    return new PostgresBinaries(folder, true);
  }

  Path program(String name) {
    return folder.resolve("bin").resolve(name);
  }

  /** The server's version, such as 18.6. */
  String version() throws IOException {
    Process process =
        new ProcessBuilder(program("postgres").toString(), "--version")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), US_ASCII).strip();
    Matcher version = SERVER_VERSION.matcher(said);
    if (!version.find()) {
      throw new IOException("its program does not run here: " + said);
    }
    return version.group(1);
  }

  private static URL archive() {
    String name = "postgres-%s-%s.txz".formatted(system(), machine());
    return Optional.ofNullable(PostgresBinaries.class.getResource("/" + name))
        .orElseThrow(
            () ->
                EmbeddedStartException.of(
                    "no PostgreSQL for this machine (%s) on the class path: set %s"
                        .formatted(name, "FENGDA_DATABASE_URL")));
  }

  private static String system() {
    String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : name;
  }

  private static String machine() {
    String name = System.getProperty("os.arch", "");
    return switch (name) {
      case "amd64" -> "x86_64";
      case "aarch64" -> "arm_64";
      default -> name;
    };
  }

  /** The version in the jar's name; the archive's length where the jar was repacked. */
  private static String release(URL archive) throws IOException {
    Matcher jar = JAR_VERSION.matcher(archive.toString());
    return jar.find()
        ? jar.group(1)
        : Long.toString(archive.openConnection().getContentLengthLong());
  }

  private static void unpack(URL archive, Path target) throws IOException {
    try (InputStream packed = new BufferedInputStream(archive.openStream(), 1 << 16);
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(packed))) {
      TarArchiveEntry entry;
      while ((entry = tar.getNextEntry()) != null) {
        unpack(entry, tar, target);
      }
    }
  }

  private static void unpack(TarArchiveEntry entry, InputStream content, Path target)
      throws IOException {
    Path path = target.resolve(entry.getName()).normalize();
    if (!path.startsWith(target)) {
      throw new IOException("entry outside the archive's folder: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      return;
    }
    Files.createDirectories(path.resolve("..").normalize());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
    } else {
      Files.copy(content, path);
      if ((entry.getMode() & OWNER_MAY_EXECUTE) != 0 && !path.toFile().setExecutable(true, false)) {
        throw new IOException("cannot be made executable: " + path);
      }
    }
  }
}
