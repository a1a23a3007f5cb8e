package io.fengda.tenant;

/**
 * An NLP provider that a tenant uses, reached through {@code proto/fengda/nlp/v1}.
 *
 * @param name the vendor's name in replies, logs and metrics
 * @param tls whether the connection is encrypted
 */
public record VendorEndpoint(String name, String host, int port, boolean tls) {}
