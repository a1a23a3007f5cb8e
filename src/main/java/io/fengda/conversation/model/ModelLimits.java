package io.fengda.conversation.model;

/**
 * The bounds of a conversation's memory. They do not change what an event means: a conversation
 * replayed under other limits remembers more or less of the same history.
 *
 * @param transcriptMessagesMax messages kept in memory as context; two for a turn
 * @param transcriptBytesMax UTF-8 bytes of the texts kept in memory as context
 * @param recentIdsMax customer messages whose ids are remembered, at least 1,000
 * @param waitingMax messages that may wait behind an open turn
 * @param turnMessagesMax messages that one turn may join
 */
public record ModelLimits(
    int transcriptMessagesMax,
    long transcriptBytesMax,
    int recentIdsMax,
    int waitingMax,
    int turnMessagesMax) {
  public ModelLimits {
    if (transcriptMessagesMax < 2
        || transcriptBytesMax < 1
        || waitingMax < 0
        || turnMessagesMax < 1) {
      throw new IllegalArgumentException(
          "limits too small: %d messages, %d bytes, %d waiting, %d in a turn"
              .formatted(transcriptMessagesMax, transcriptBytesMax, waitingMax, turnMessagesMax));
    }
    if (recentIdsMax < 1) {
      throw new IllegalArgumentException("recentIdsMax below 1: " + recentIdsMax);
    }
  }
}
