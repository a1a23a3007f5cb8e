package io.fengda.conversation.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The last messages of a conversation, oldest first, without a gap up to the newest: the context
 * for the vendor, and what is served without asking the journal.
 *
 * @param textBytes UTF-8 bytes of all texts
 */
public record Transcript(List<Message> messages, long textBytes) {
  private static final Transcript EMPTY = new Transcript(List.of(), 0);

  public Transcript {
    messages = List.copyOf(messages);
  }

  public static Transcript empty() {
    return EMPTY;
  }

  public static Transcript of(List<Message> messages) {
    return new Transcript(messages, messages.stream().mapToLong(Transcript::textBytesOf).sum());
  }

  public Optional<Message> find(long seq) {
    if (messages.isEmpty()) {
      return Optional.empty();
    }
    long index = seq - messages.getFirst().seq();
    return index < 0 || index >= messages.size()
        ? Optional.empty()
        : Optional.of(messages.get((int) index));
  }

  /**
   * The messages after {@code seq} that are here, oldest first.
   *
   * @see Conversation#remembersAllAfter
   */
  public List<Message> after(long seq) {
    if (messages.isEmpty()) {
      return List.of();
    }
    long index = seq + 1 - messages.getFirst().seq();
    return messages.subList(Math.clamp(index, 0, messages.size()), messages.size());
  }

  /** The first {@code limit} messages after {@code seq}. */
  public List<Message> after(long seq, int limit) {
    List<Message> all = after(seq);
    return all.subList(0, Math.min(limit, all.size()));
  }

  /** Appends, and forgets the oldest beyond the limits, but nothing from {@code keepFromSeq} on. */
  Transcript plus(Message message, ModelLimits limits, long keepFromSeq) {
    long bytes = textBytes + textBytesOf(message);
    int count = messages.size() + 1;
    int drop = 0;
    while (drop < messages.size()
        && messages.get(drop).seq() < keepFromSeq
        && (count - drop > limits.transcriptMessagesMax() || bytes > limits.transcriptBytesMax())) {
      bytes -= textBytesOf(messages.get(drop));
      drop++;
    }
    List<Message> next = new ArrayList<>(count - drop);
    next.addAll(messages.subList(drop, messages.size()));
    next.add(message);
    return new Transcript(next, bytes);
  }

  Transcript ended(List<Long> seqs, Outcome outcome) {
    List<Message> next = new ArrayList<>(messages);
    next.replaceAll(
        message ->
            message instanceof Message.FromCustomer said && seqs.contains(said.seq())
                ? said.ended(outcome)
                : message);
    return new Transcript(next, textBytes);
  }

  private static long textBytesOf(Message message) {
    return message.text().getBytes(StandardCharsets.UTF_8).length;
  }
}
