package io.fengda.conversation;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.fengda.conversation.model.Message;

/** Teaches Jackson the model's types, which know of no serialization themselves. */
public final class WireModule extends SimpleModule {
  private static final long serialVersionUID = 1L;

  public WireModule() {
    super("fengda");
    setMixInAnnotation(Message.class, MessageTypes.class);
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Message.FromCustomer.class, name = "customer"),
    @JsonSubTypes.Type(value = Message.Reply.class, name = "reply")
  })
  private interface MessageTypes {}
}
