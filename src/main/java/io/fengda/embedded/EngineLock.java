package io.fengda.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The claim of one engine on a data directory; the operating system ends it with the process. */
final class EngineLock implements AutoCloseable {
  private final FileChannel file;

  private EngineLock(FileChannel file) {
    this.file = file;
  }

  /** Claims the folder, or throws when another engine has it. */
  static EngineLock of(Path folder) {
    try {
      FileChannel file =
          FileChannel.open(
              folder.resolve("engine.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(file) == null) {
        file.close();
        throw EmbeddedStartException.of(
            "another Fengda runs on %s: stop it or set %s".formatted(folder, Folders.SETTING));
      }
      file.truncate(0);
      file.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(US_ASCII)));
      return new EngineLock(file);
    } catch (IOException e) {
      throw EmbeddedStartException.of(
          "%s cannot be locked (%s): set %s to a local folder"
              .formatted(folder, Folders.reason(e), Folders.SETTING),
          e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException heldByThisJvm) {
      return null;
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
