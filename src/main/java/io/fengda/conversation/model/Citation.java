package io.fengda.conversation.model;

/** Where an answer comes from. */
public record Citation(String title, String source) {}
