package io.fengda.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.CustomerId;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.Tenants;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signs and verifies JSON Web Tokens by RFC 8725: HS256 only, the type, issuer and audience
 * checked, and the key chosen by tenant, never by the token's header.
 */
final class Tokens {
  private static final String AUDIENCE = "fengda";
  private static final String ISSUER = "fengda";
  private static final String CHAT = "chat";
  private static final int LENGTH_MAX = 4_096;

  private final Tenants tenants;
  private final HttpSettings settings;
  private final Clock clock;
  private final Cache<String, Verified> known;

  Tokens(Tenants tenants, HttpSettings settings, Clock clock) {
    this.tenants = tenants;
    this.settings = settings;
    this.clock = clock;
    this.known = Caffeine.newBuilder().maximumSize(settings.tokensKnownMax()).build();
  }

  /** A token, and when its time is over. */
  record Issued(String token, Instant expiresAt) {}

  /**
   * Issues a token.
   *
   * @param onlyConversation the one conversation it is for, if it is for one
   */
  Issued issue(Tenant tenant, CustomerId customer, @Nullable String onlyConversation) {
    Instant now = clock.instant();
    Instant expiresAt = now.plus(settings.tokenTtl());
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).type(JOSEObjectType.JWT).build(),
            new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject(customer.value())
                .claim("tenant_id", tenant.id().value())
                .claim("scope", CHAT)
                .claim("conversation_id", onlyConversation)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(expiresAt))
                .build());
    try {
      jwt.sign(new MACSigner(tenant.keys().tokenSecret()));
    } catch (JOSEException e) {
      throw new IllegalStateException("a token secret that can not sign: " + tenant.id(), e);
    }
    return new Issued(jwt.serialize(), expiresAt);
  }

  /** Who the token names; a problem unless it is valid now. */
  Caller verify(String token) {
    Verified verified = signed(token);
    Instant expiresAt = required(verified.expiresAt(), "exp");
    var unused = required(verified.issuedAt(), "iat");
    Instant now = clock.instant();
    if (now.isAfter(expiresAt.plus(settings.clockSkew()))) {
      throw refused("the token has expired");
    }
    Instant notBefore = verified.notBefore();
    if (notBefore != null && notBefore.isAfter(now.plus(settings.clockSkew()))) {
      throw refused("the token is not valid yet");
    }
    return caller(verified, expiresAt);
  }

  /** Who the token names, also when it has expired, within the tenant's retention. */
  Caller verifyForRenewal(String token) {
    Verified verified = signed(token);
    Instant issuedAt = required(verified.issuedAt(), "iat");
    Duration age = Duration.between(issuedAt, clock.instant());
    if (age.compareTo(verified.tenant().retention()) > 0) {
      throw refused("the token is too old to be renewed");
    }
    return caller(verified, required(verified.expiresAt(), "exp"));
  }

  /**
   * What is kept of a token whose signature is right: its claims may be many, and these are few.
   */
  private record Verified(
      Tenant tenant,
      boolean mayChat,
      String customer,
      @Nullable String onlyConversation,
      long lastSeq,
      @Nullable Instant issuedAt,
      @Nullable Instant notBefore,
      @Nullable Instant expiresAt) {}

  /** A token's signature is checked once, and its times whenever it comes. */
  private Verified signed(String token) {
    if (token.length() > LENGTH_MAX) {
      throw refused("the token is too long");
    }
    return known.get(token, this::read);
  }

  private Verified read(String token) {
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      JWSHeader header = jwt.getHeader();
      if (!JWSAlgorithm.HS256.equals(header.getAlgorithm())
          || !JOSEObjectType.JWT.equals(header.getType())) {
        throw refused("the token is not a JWT signed with HS256");
      }
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      Tenant tenant = tenant(claims);
      if (!jwt.verify(new MACVerifier(tenant.keys().tokenSecret()))) {
        throw refused("the token's signature is wrong");
      }
      requireOurs(tenant, claims);
      return verified(tenant, claims);
    } catch (ParseException | JOSEException | IllegalArgumentException e) {
      throw refused("the token can not be read");
    }
  }

  private Tenant tenant(JWTClaimsSet claims) throws ParseException {
    return Optional.ofNullable(claims.getStringClaim("tenant_id"))
        .filter(TenantId::isValid)
        .flatMap(id -> tenants.find(new TenantId(id)))
        .orElseThrow(() -> refused("the token's signature is wrong"));
  }

  private static void requireOurs(Tenant tenant, JWTClaimsSet claims) {
    if (!claims.getAudience().contains(AUDIENCE)) {
      throw refused("the token is for another audience");
    }
    String issuer = claims.getIssuer();
    if (!ISSUER.equals(issuer) && !tenant.id().value().equals(issuer)) {
      throw refused("the token has another issuer");
    }
  }

  private static Verified verified(Tenant tenant, JWTClaimsSet claims) {
    try {
      String scope = Optional.ofNullable(claims.getStringClaim("scope")).orElse("");
      Long lastSeq = claims.getLongClaim("seq_no");
      return new Verified(
          tenant,
          Arrays.asList(scope.split(" ", -1)).contains(CHAT),
          Optional.ofNullable(claims.getSubject()).orElse(""),
          claims.getStringClaim("conversation_id"),
          lastSeq == null ? 0 : Math.clamp(lastSeq, 0, Long.MAX_VALUE - 1),
          instant(claims.getIssueTime()),
          instant(claims.getNotBeforeTime()),
          instant(claims.getExpirationTime()));
    } catch (ParseException e) {
      throw refused("a claim of the token has the wrong type");
    }
  }

  private static Caller caller(Verified verified, Instant expiresAt) {
    if (!verified.mayChat()) {
      throw ProblemException.of(Problem.FORBIDDEN, "the token lacks the scope chat");
    }
    if (!CustomerId.isValid(verified.customer())) {
      throw refused("the token's sub is not a customer id");
    }
    Optional<String> only = Optional.ofNullable(verified.onlyConversation());
    if (only.isPresent() && !ConversationId.isValidName(only.get())) {
      throw refused("the token's conversation_id is not one");
    }
    return new Caller(
        verified.tenant(),
        new CustomerId(verified.customer()),
        only,
        verified.lastSeq(),
        expiresAt);
  }

  private static @Nullable Instant instant(@Nullable Date date) {
    return date == null ? null : date.toInstant();
  }

  private static Instant required(@Nullable Instant instant, String claim) {
    if (instant == null) {
      throw refused("the token lacks " + claim);
    }
    return instant;
  }

  private static ProblemException refused(String detail) {
    return ProblemException.of(Problem.UNAUTHENTICATED, detail);
  }
}
