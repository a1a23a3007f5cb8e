package io.fengda.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import java.net.URI;
import java.security.Key;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key sets of tenants (RFC 7517), fetched when a token needs them, kept for a while, and
 * fetched again where a token names a key that is not known yet. A set is fetched once at a time,
 * however many tokens wait for it, and no set waits for another. Thread-safe.
 */
final class JsonWebKeys {
  private static final Logger log = LoggerFactory.getLogger(JsonWebKeys.class);
  private static final int SETS_MAX = 10_000;
  private static final Duration UNUSED_MAX = Duration.ofHours(1);

  /** NIST SP 800-131A; below it a signature proves little. */
  private static final int RSA_BITS_MIN = 2_048;

  private final IdentitySettings.Jwks settings;
  private final KeySetFetcher fetcher;
  private final Clock clock;
  private final Cache<URI, KeySet> sets =
      Caffeine.newBuilder().maximumSize(SETS_MAX).expireAfterAccess(UNUSED_MAX).build();

  JsonWebKeys(IdentitySettings.Jwks settings, Clock clock) {
    this.settings = settings;
    this.fetcher = new KeySetFetcher(settings);
    this.clock = clock;
  }

  /**
   * The keys that may have made a signature: of the header's algorithm and, where it names one, its
   * {@code kid}. Whatever else the header says of keys is not looked at (RFC 8725, 3.10).
   *
   * @return fails with {@link KeysUnavailableException} where there is no set that could tell
   */
  CompletionStage<List<Key>> find(URI uri, JWSHeader header) {
    return sets.get(uri, KeySet::new).find(header);
  }

  /** One of them. */
  private final class KeySet {
    private final URI uri;
    private @Nullable JWKSet keys;
    private Instant fetchedAt = Instant.MIN;
    private Instant askedAt = Instant.MIN;
    private Instant askedBeforeAt = Instant.MIN;
    private @Nullable CompletableFuture<JWKSet> inFlight;
    private int waiting;

    KeySet(URI uri) {
      this.uri = uri;
    }

    synchronized CompletionStage<List<Key>> find(JWSHeader header) {
      Instant now = clock.instant();
      List<Key> known = matching(header);
      boolean isFresh = now.isBefore(fetchedAt.plus(settings.knownFor()));
      if (isFresh && (!known.isEmpty() || !mayAsk(now))) {
        return CompletableFuture.completedStage(known);
      }
      if (inFlight == null && !mayAsk(now)) {
        return known(header, now);
      }
      if (waiting >= settings.waitingMax()) {
        return CompletableFuture.failedStage(
            new KeysUnavailableException("too many tokens wait for the tenant's keys"));
      }
      waiting++;
      return fetch(now).handle((fetched, failure) -> known(header)).thenCompose(found -> found);
    }

    private boolean mayAsk(Instant now) {
      return now.isAfter(askedBeforeAt.plus(settings.intervalMin()));
    }

    private synchronized CompletionStage<List<Key>> known(JWSHeader header) {
      waiting--;
      return known(header, clock.instant());
    }

    /** What the last set says, as long as it may be used. */
    private CompletionStage<List<Key>> known(JWSHeader header, Instant now) {
      boolean isUsable =
          now.isBefore(fetchedAt.plus(settings.knownFor()).plus(settings.unreachableFor()));
      return keys != null && isUsable
          ? CompletableFuture.completedStage(matching(header))
          : CompletableFuture.failedStage(
              new KeysUnavailableException("the tenant's keys can not be fetched"));
    }

    private CompletableFuture<JWKSet> fetch(Instant now) {
      CompletableFuture<JWKSet> running = inFlight;
      if (running == null) {
        askedBeforeAt = askedAt;
        askedAt = now;
        // Whoever waits goes on when the set is taken up, not before.
        running = fetcher.fetch(uri).whenComplete(this::fetched);
        inFlight = running.isDone() ? null : running;
      }
      return running;
    }

    private synchronized void fetched(@Nullable JWKSet set, @Nullable Throwable failure) {
      inFlight = null;
      if (set != null) {
        keys = set;
        fetchedAt = clock.instant();
      } else {
        log.warn("the key set at {} can not be fetched: {}", uri, String.valueOf(failure));
      }
    }

    private List<Key> matching(JWSHeader header) {
      JWKSet set = keys;
      JWKMatcher matcher = JWKMatcher.forJWSHeader(header);
      if (set == null || matcher == null) {
        return List.of();
      }
      List<Key> matching = new ArrayList<>();
      for (JWK key : new JWKSelector(matcher).select(set)) {
        publicKey(key, matching);
      }
      return matching;
    }
  }

  private static void publicKey(JWK jwk, List<Key> keys) {
    try {
      switch (jwk) {
        case RSAKey rsa when rsa.size() >= RSA_BITS_MIN -> keys.add(rsa.toRSAPublicKey());
        case ECKey ec -> keys.add(ec.toECPublicKey());
        default -> log.debug("a key of another kind or too short: {}", jwk.getKeyType());
      }
    } catch (JOSEException e) {
      log.debug("a key that is none: {}", e.toString());
    }
  }
}
