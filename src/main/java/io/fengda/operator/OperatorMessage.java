package io.fengda.operator;

/** What nodes say to each other for the operator's page; in CBOR. */
interface OperatorMessage {}
