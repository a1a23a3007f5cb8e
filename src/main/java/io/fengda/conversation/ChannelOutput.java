package io.fengda.conversation;

/** What a channel that is connected to a conversation is told. */
public sealed interface ChannelOutput extends CborSerializable permits Update, Receipt {}
