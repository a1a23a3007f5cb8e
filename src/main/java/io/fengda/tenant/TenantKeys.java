package io.fengda.tenant;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a tenant proves itself with. During a rotation there are two of a kind, and both are good.
 *
 * @param secretKeyHashes of the API keys of the tenant's servers, which may name any customer; see
 *     {@link #hash}
 * @param publishableKeys API keys of the tenant's pages, which get guests only
 * @param tokenSecrets the HS256 secrets of the tenant's tokens, each of at least {@value
 *     #TOKEN_SECRET_BYTES_MIN} bytes of UTF-8; the first one signs
 */
public record TenantKeys(
    Set<String> secretKeyHashes, List<String> publishableKeys, List<String> tokenSecrets) {
  /** RFC 7518, 3.2. */
  public static final int TOKEN_SECRET_BYTES_MIN = 32;

  /** Names nobody. */
  public static final TenantKeys NONE = new TenantKeys(Set.of(), List.of(), List.of());

  public TenantKeys {
    secretKeyHashes = Set.copyOf(secretKeyHashes);
    publishableKeys = List.copyOf(publishableKeys);
    tokenSecrets = List.copyOf(tokenSecrets);
    for (String secret : tokenSecrets) {
      if (secret.getBytes(StandardCharsets.UTF_8).length < TOKEN_SECRET_BYTES_MIN) {
        throw new IllegalArgumentException(
            "token-secret: HS256 needs at least %d bytes".formatted(TOKEN_SECRET_BYTES_MIN));
      }
    }
  }

  /** Keys of which the secret ones are hashed here. */
  public static TenantKeys of(
      List<String> secretKeys, List<String> publishableKeys, List<String> tokenSecrets) {
    return new TenantKeys(
        secretKeys.stream().map(TenantKeys::hash).collect(Collectors.toSet()),
        publishableKeys,
        tokenSecrets);
  }

  /**
   * A key as it is kept: SHA-256, in Base64. Keys are random and long, so that nothing slower is
   * needed, and looking up a hash tells nothing of how much of a key was right.
   */
  public static String hash(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  public boolean isSecret(String key) {
    return secretKeyHashes.contains(hash(key));
  }

  public boolean isPublishable(String key) {
    return publishableKeys.contains(key);
  }

  /** These and others. */
  public TenantKeys and(TenantKeys more) {
    return new TenantKeys(
        Stream.concat(secretKeyHashes.stream(), more.secretKeyHashes.stream())
            .collect(Collectors.toSet()),
        both(publishableKeys, more.publishableKeys),
        both(tokenSecrets, more.tokenSecrets));
  }

  private static List<String> both(List<String> some, List<String> others) {
    return Stream.concat(some.stream(), others.stream()).distinct().toList();
  }

  /** Names no key. */
  @Override
  public String toString() {
    return "TenantKeys[%d secret, %d publishable]"
        .formatted(secretKeyHashes.size(), publishableKeys.size());
  }
}
