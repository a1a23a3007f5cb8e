package io.fengda.tenant;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * What a tenant proves itself with.
 *
 * @param secretKeys API keys of the tenant's servers, which may name any customer
 * @param publishableKeys API keys of the tenant's pages, which get guests only
 * @param tokenSecret the HS256 secret that signs the tenant's tokens, at least 32 bytes of UTF-8
 */
public record TenantKeys(
    List<String> secretKeys, List<String> publishableKeys, String tokenSecret) {
  public TenantKeys {
    secretKeys = List.copyOf(secretKeys);
    publishableKeys = List.copyOf(publishableKeys);
  }

  public boolean isSecret(String key) {
    return contains(secretKeys, key);
  }

  public boolean isPublishable(String key) {
    return contains(publishableKeys, key);
  }

  /** Compares in constant time, so that the time taken tells nothing of a key. */
  private static boolean contains(List<String> keys, String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    return keys.stream()
        .anyMatch(known -> MessageDigest.isEqual(known.getBytes(StandardCharsets.UTF_8), bytes));
  }

  /** Names no key. */
  @Override
  public String toString() {
    return "TenantKeys[%d secret, %d publishable]"
        .formatted(secretKeys.size(), publishableKeys.size());
  }
}
