package io.fengda.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.Tenants;
import io.fengda.tenant.TokenAlgorithm;
import java.net.URI;
import java.security.Key;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Signs and verifies JSON Web Tokens (RFC 7519) by RFC 8725: who the token says it is from decides
 * which keys and algorithms are tried, never its header; type, audience and times are checked.
 *
 * <table>
 *   <caption>Whose keys</caption>
 *   <tr><td>no {@code tenant_id}, {@code iss} fengda or platform</td><td>the platform's, HS256</td></tr>
 *   <tr><td>{@code iss} fengda</td><td>the tenant's secrets, HS256</td></tr>
 *   <tr><td>{@code iss} as the tenant's rules say</td>
 *       <td>HS256: the tenant's secrets; RS256, ES256: its key set; each only if allowed</td></tr>
 * </table>
 *
 * <p>Thread-safe.
 */
public final class Tokens {
  private static final String AUDIENCE = "fengda";
  private static final String ISSUER = "fengda";
  private static final Set<String> PLATFORM_ISSUERS = Set.of(ISSUER, "platform");
  private static final int LENGTH_MAX = 4_096;

  private final Tenants tenants;
  private final IdentitySettings settings;
  private final JsonWebKeys keySets;
  private final Clock clock;
  private final Cache<String, Verified> known;

  public Tokens(Tenants tenants, IdentitySettings settings, Clock clock) {
    this.tenants = tenants;
    this.settings = settings;
    this.keySets = new JsonWebKeys(settings.jwks(), clock);
    this.clock = clock;
    this.known =
        Caffeine.newBuilder()
            .maximumSize(settings.tokensKnownMax())
            // A key that its set has no more is good for nothing that much later.
            .expireAfterWrite(settings.jwks().knownFor())
            .build();
  }

  /** A token, and when its time is over. */
  public record Issued(String token, Instant expiresAt) {}

  /**
   * Issues a token to chat with.
   *
   * @param onlyConversation the one conversation it is for, if it is for one
   * @throws KeysUnavailableException if this node has no key of the tenant
   */
  public Issued issue(Tenant tenant, String customer, @Nullable String onlyConversation) {
    Instant now = clock.instant();
    Instant expiresAt = now.plus(settings.tokenTtl());
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).type(JOSEObjectType.JWT).build(),
            new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject(customer)
                .claim("tenant_id", tenant.id().value())
                .claim("scope", Scope.CHAT.claim())
                .claim("conversation_id", onlyConversation)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(expiresAt))
                .build());
    List<String> secrets = tenant.keys().tokenSecrets();
    if (secrets.isEmpty()) {
      throw new KeysUnavailableException("there is no key to sign the token by");
    }
    try {
      jwt.sign(new MACSigner(secrets.getFirst()));
    } catch (JOSEException e) {
      throw new IllegalStateException("a token secret that can not sign: " + tenant.id(), e);
    }
    return new Issued(jwt.serialize(), expiresAt);
  }

  /**
   * Whom the token names, if it is valid now. Complete at once unless keys have to be fetched.
   *
   * @throws TokenRefusedException also as the failure of the result, which may be {@link
   *     KeysUnavailableException} too
   */
  public CompletionStage<Identity> verify(String token) {
    return signed(token).thenApply(this::valid);
  }

  private Identity valid(Verified verified) {
    Instant expiresAt = required(verified.expiresAt(), "exp");
    var unused = required(verified.issuedAt(), "iat");
    Instant now = clock.instant();
    if (now.isAfter(expiresAt.plus(settings.clockSkew()))) {
      throw new TokenRefusedException("the token has expired");
    }
    Instant notBefore = verified.notBefore();
    if (notBefore != null && notBefore.isAfter(now.plus(settings.clockSkew()))) {
      throw new TokenRefusedException("the token is not valid yet");
    }
    return identity(verified, expiresAt);
  }

  /** The same of one that may have expired, within the tenant's retention. */
  public CompletionStage<Identity> verifyForRenewal(String token) {
    return signed(token).thenApply(this::renewable);
  }

  private Identity renewable(Verified verified) {
    Instant issuedAt = required(verified.issuedAt(), "iat");
    Duration age = Duration.between(issuedAt, clock.instant());
    Duration max = verified.whose().map(Tenant::retention).orElse(Duration.ZERO);
    if (age.compareTo(max) > 0) {
      throw new TokenRefusedException("the token is too old to be renewed");
    }
    return identity(verified, required(verified.expiresAt(), "exp"));
  }

  private Identity identity(Verified verified, Instant expiresAt) {
    return new Identity(
        verified.whose(),
        verified.scopes(),
        verified.subject(),
        Optional.ofNullable(verified.onlyConversation()),
        verified.lastSeq(),
        expiresAt.plus(settings.clockSkew()));
  }

  /**
   * What is kept of a token whose signature is right: its claims may be many, and these are few.
   *
   * @param tenant as it was then; null: the platform
   */
  private record Verified(
      @Nullable Tenant tenant,
      Set<Scope> scopes,
      String subject,
      @Nullable String onlyConversation,
      long lastSeq,
      @Nullable Instant issuedAt,
      @Nullable Instant notBefore,
      @Nullable Instant expiresAt) {
    Optional<Tenant> whose() {
      return Optional.ofNullable(tenant);
    }
  }

  /** A token's signature is checked once, and its times whenever it comes. */
  private CompletionStage<Verified> signed(String token) {
    if (token.length() > LENGTH_MAX) {
      throw new TokenRefusedException("the token is too long");
    }
    Verified verified = known.getIfPresent(token);
    if (verified != null && isOfToday(verified)) {
      return CompletableFuture.completedStage(verified);
    }
    return read(token)
        .thenApply(
            fresh -> {
              known.put(token, fresh);
              return fresh;
            });
  }

  /** Whether the tenant is still what it was when the token was checked. */
  @SuppressWarnings("ReferenceEquality")
  private boolean isOfToday(Verified verified) {
    Tenant then = verified.tenant();
    return then == null || tenants.find(then.id()).orElse(null) == then;
  }

  private CompletionStage<Verified> read(String token) {
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      if (!JOSEObjectType.JWT.equals(jwt.getHeader().getType())) {
        throw new TokenRefusedException("the token's type is not JWT");
      }
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      String id = claims.getStringClaim("tenant_id");
      return id == null ? ofPlatform(jwt, claims) : ofTenant(jwt, claims, tenant(id));
    } catch (ParseException | IllegalArgumentException e) {
      throw new TokenRefusedException("the token can not be read");
    }
  }

  private CompletionStage<Verified> ofPlatform(SignedJWT jwt, JWTClaimsSet claims) {
    requireAlgorithm(jwt, Set.of(TokenAlgorithm.HS256));
    requireSignature(jwt, settings.platformKeys());
    requireOurs(claims, PLATFORM_ISSUERS);
    Verified verified = verified(null, claims);
    if (!verified.scopes().equals(Set.of(Scope.OPS))) {
      throw new TokenRefusedException("a token without tenant_id is for the scope ops alone");
    }
    return CompletableFuture.completedStage(verified);
  }

  private Tenant tenant(String id) {
    return Optional.of(id)
        .filter(TenantId::isValid)
        .flatMap(valid -> tenants.find(new TenantId(valid)))
        .orElseThrow(Tokens::wrongSignature);
  }

  private CompletionStage<Verified> ofTenant(SignedJWT jwt, JWTClaimsSet claims, Tenant tenant) {
    boolean isOurs = ISSUER.equals(claims.getIssuer());
    TokenAlgorithm algorithm =
        requireAlgorithm(jwt, isOurs ? Set.of(TokenAlgorithm.HS256) : tenant.tokens().algorithms());
    CompletionStage<List<Key>> keys = CompletableFuture.completedStage(List.of());
    if (algorithm.isByKeySet()) {
      URI uri = tenant.tokens().jwksUri().orElseThrow();
      keys = keySets.find(uri, jwt.getHeader());
    }
    return keys.thenApply(
        found -> {
          if (algorithm.isByKeySet()) {
            requireSignatureOf(jwt, found);
          } else {
            requireSignature(jwt, tenant.keys().tokenSecrets());
          }
          requireOurs(claims, isOurs ? Set.of(ISSUER) : Set.of(tenant.tokens().issuer()));
          Verified verified = verified(tenant, claims);
          if (verified.scopes().contains(Scope.OPS)) {
            throw new TokenRefusedException("a tenant's token can not be for the scope ops");
          }
          // What we issue is to chat with; a tenant that signs so means its own HS256.
          if (isOurs
              && !tenant.tokens().algorithms().contains(TokenAlgorithm.HS256)
              && !verified.scopes().equals(Set.of(Scope.CHAT))) {
            throw wrongSignature();
          }
          return verified;
        });
  }

  /** The same for what nobody could have signed, lest it tell which tenants there are. */
  private static TokenRefusedException wrongSignature() {
    return new TokenRefusedException("the token's signature is wrong");
  }

  private static TokenAlgorithm requireAlgorithm(SignedJWT jwt, Set<TokenAlgorithm> allowed) {
    String name = jwt.getHeader().getAlgorithm().getName();
    return allowed.stream()
        .filter(algorithm -> algorithm.name().equals(name))
        .findAny()
        .orElseThrow(Tokens::wrongSignature);
  }

  private static void requireSignature(SignedJWT jwt, List<String> secrets) {
    require(secrets.stream().anyMatch(secret -> isBy(jwt, () -> new MACVerifier(secret))));
  }

  private static void requireSignatureOf(SignedJWT jwt, List<Key> keys) {
    DefaultJWSVerifierFactory verifiers = new DefaultJWSVerifierFactory();
    require(
        keys.stream()
            .anyMatch(key -> isBy(jwt, () -> verifiers.createJWSVerifier(jwt.getHeader(), key))));
  }

  private static void require(boolean isRight) {
    if (!isRight) {
      throw wrongSignature();
    }
  }

  private interface VerifierOfKey {
    JWSVerifier get() throws JOSEException;
  }

  private static boolean isBy(SignedJWT jwt, VerifierOfKey verifier) {
    try {
      return jwt.verify(verifier.get());
    } catch (JOSEException e) {
      return false;
    }
  }

  private static void requireOurs(JWTClaimsSet claims, Set<String> issuers) {
    if (!claims.getAudience().contains(AUDIENCE)) {
      throw new TokenRefusedException("the token is for another audience");
    }
    if (claims.getIssuer() == null || !issuers.contains(claims.getIssuer())) {
      throw new TokenRefusedException("the token has another issuer");
    }
  }

  private static Verified verified(@Nullable Tenant tenant, JWTClaimsSet claims) {
    try {
      Long lastSeq = claims.getLongClaim("seq_no");
      return new Verified(
          tenant,
          Scope.of(Optional.ofNullable(claims.getStringClaim("scope")).orElse("")),
          Optional.ofNullable(claims.getSubject()).orElse(""),
          claims.getStringClaim("conversation_id"),
          lastSeq == null ? 0 : Math.clamp(lastSeq, 0, Long.MAX_VALUE - 1),
          instant(claims.getIssueTime()),
          instant(claims.getNotBeforeTime()),
          instant(claims.getExpirationTime()));
    } catch (ParseException e) {
      throw new TokenRefusedException("a claim of the token has the wrong type");
    }
  }

  private static @Nullable Instant instant(@Nullable Date date) {
    return date == null ? null : date.toInstant();
  }

  private static Instant required(@Nullable Instant instant, String claim) {
    if (instant == null) {
      throw new TokenRefusedException("the token lacks " + claim);
    }
    return instant;
  }
}
