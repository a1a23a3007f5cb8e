package io.fengda.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.function.UnaryOperator;

/** Makes tokens as a tenant would, and as one who means ill. */
public final class TestTokens {
  private final Instant now;
  private final String tenant;

  private TestTokens(Instant now, String tenant) {
    this.now = now;
    this.tenant = tenant;
  }

  /** Tokens of a tenant's customer c-1, valid for an hour from now on. */
  public static TestTokens of(String tenant, Instant now) {
    return new TestTokens(now, tenant);
  }

  /** A token of ann, who runs the platform. */
  public static String ops(String platformKey) {
    return of("", Instant.now())
        .by(
            platformKey,
            claims ->
                claims
                    .claim("tenant_id", null)
                    .issuer("platform")
                    .subject("ann")
                    .claim("scope", "ops"));
  }

  public JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .claim("tenant_id", tenant)
        .subject("c-1")
        .audience("fengda")
        .issuer(tenant)
        .claim("scope", "chat")
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plus(Duration.ofHours(1))));
  }

  public String by(String secret) {
    return by(secret, claims -> claims);
  }

  public String by(String secret, UnaryOperator<JWTClaimsSet.Builder> change) {
    return by(secret, JWSAlgorithm.HS256, header -> header, change);
  }

  public String by(
      String secret,
      JWSAlgorithm algorithm,
      UnaryOperator<JWSHeader.Builder> header,
      UnaryOperator<JWTClaimsSet.Builder> change) {
    try {
      return signed(
          header.apply(new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT)).build(),
          change.apply(claims()).build(),
          new MACSigner(secret));
    } catch (JOSEException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public String by(JWK key) {
    return by(key, header -> header, claims -> claims);
  }

  /** By the private half of a key, which the header names. */
  public String by(
      JWK key,
      UnaryOperator<JWSHeader.Builder> header,
      UnaryOperator<JWTClaimsSet.Builder> change) {
    try {
      JWSAlgorithm algorithm = key instanceof RSAKey ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256;
      JWSSigner signer =
          key instanceof RSAKey rsa
              ? new RSASSASigner(rsa.toPrivateKey(), true)
              : new ECDSASigner((ECKey) key);
      JWSHeader.Builder named =
          new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT).keyID(key.getKeyID());
      return signed(header.apply(named).build(), change.apply(claims()).build(), signer);
    } catch (JOSEException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String signed(JWSHeader header, JWTClaimsSet claims, JWSSigner signer)
      throws JOSEException {
    SignedJWT jwt = new SignedJWT(header, claims);
    jwt.sign(signer);
    return jwt.serialize();
  }
}
