package io.fengda.knowledge;

import java.nio.file.Path;

/** A knowledge file breaks its format; the message is one line that names file, line and fault. */
public final class InvalidKnowledgeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private InvalidKnowledgeException(String message) {
    super(message);
  }

  static InvalidKnowledgeException at(Path file, int lineNumber, String fault) {
    return new InvalidKnowledgeException(file + ":" + lineNumber + ": " + oneLine(fault));
  }

  public static InvalidKnowledgeException in(Path file, String fault) {
    return new InvalidKnowledgeException(file + ": " + oneLine(fault));
  }

  private static String oneLine(String fault) {
    return fault.replaceAll("\\s+", " ").strip();
  }
}
