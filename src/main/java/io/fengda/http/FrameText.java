package io.fengda.http;

/** What a WebSocket message was read as. */
sealed interface FrameText {
  record Whole(String text) implements FrameText {}

  /** It is not one that can be read, and ends the connection. */
  record Closes(Closing closing) implements FrameText {}
}
