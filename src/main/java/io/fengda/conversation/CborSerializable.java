package io.fengda.conversation;

/** Messages between nodes, written as CBOR. */
interface CborSerializable {}
