package io.fengda.conversation;

import io.fengda.conversation.model.Input;

/** What a channel that is connected to a conversation says to it. */
public sealed interface ChannelInput {

  /** A customer says something; a {@link Receipt} follows. */
  record Say(Input.Receive message) implements ChannelInput {}

  /** The customer wants no answer any more. */
  record Stop() implements ChannelInput {}
}
