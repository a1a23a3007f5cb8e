package io.fengda.administration;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.DirectDecrypter;
import com.nimbusds.jose.crypto.DirectEncrypter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals tenants' secrets that have to be read again, so that the database alone tells none: JWE
 * (RFC 7516), {@code dir} and {@code A256GCM}, by a key made of the platform's. Thread-safe.
 */
final class Vault {
  private static final String HMAC = "HmacSHA256";
  private static final byte[] PURPOSE =
      "fengda: secrets of tenants".getBytes(StandardCharsets.UTF_8);

  private final List<SecretKey> keys;

  private Vault(List<SecretKey> keys) {
    this.keys = keys;
  }

  /**
   * Makes one.
   *
   * @param platformKeys the first seals; what the others sealed can still be read
   */
  static Vault of(List<String> platformKeys) {
    List<SecretKey> keys = new ArrayList<>();
    for (String platformKey : platformKeys) {
      keys.add(derived(platformKey));
    }
    return new Vault(keys);
  }

  private static SecretKey derived(String platformKey) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(platformKey.getBytes(StandardCharsets.UTF_8), HMAC));
      return new SecretKeySpec(mac.doFinal(PURPOSE), "AES");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + HMAC, e);
    }
  }

  /** Whether it has a key. */
  boolean canSeal() {
    return !keys.isEmpty();
  }

  String seal(String secret) {
    JWEObject jwe =
        new JWEObject(
            new JWEHeader(JWEAlgorithm.DIR, EncryptionMethod.A256GCM), new Payload(secret));
    try {
      jwe.encrypt(new DirectEncrypter(keys.getFirst()));
    } catch (JOSEException e) {
      throw new IllegalStateException("a secret can not be sealed", e);
    }
    return jwe.serialize();
  }

  /**
   * What was sealed.
   *
   * @param byPresentKey whether it was sealed by the platform key of today
   */
  record Opened(String secret, boolean byPresentKey) {
    /** Names no secret. */
    @Override
    public String toString() {
      return "Opened[%s]".formatted(byPresentKey);
    }
  }

  /** Empty where no key fits. */
  Optional<Opened> open(String sealed) {
    for (int i = 0; i < keys.size(); i++) {
      try {
        JWEObject jwe = JWEObject.parse(sealed);
        jwe.decrypt(new DirectDecrypter(keys.get(i)));
        return Optional.of(new Opened(jwe.getPayload().toString(), i == 0));
      } catch (ParseException | JOSEException e) {
        // Sealed by another key.
      }
    }
    return Optional.empty();
  }
}
