package io.fengda.administration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.fengda.administration.Registry.Decision;
import io.fengda.tenant.TenantSettings;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of how tenants change. */
class RegistryTest {
  private static final TenantSettings BOUNDS = TenantSettings.of(ConfigFactory.load());
  private static final Instant NOW = Instant.parse("2026-11-30T00:00:00Z");
  private static final String BY = "ops:ann";

  private Registry registry = Registry.empty();

  @Test
  void makesATenantOfAnIdOnceForEver() {
    happens(create(Map.of("deadline", "2s")));
    assertEquals(Refusal.ID_TAKEN, refused(create(Map.of())));

    happens(new Change.Delete());
    assertEquals(Refusal.ID_TAKEN, refused(create(Map.of())));
    assertEquals(Refusal.NO_SUCH_TENANT, refused(new Change.Suspend()));
    assertEquals(Set.of("acme"), registry.erasing());

    happens(new Change.Erased());
    assertEquals(Refusal.ID_TAKEN, refused(create(Map.of())));
    assertInstanceOf(Decision.Nothing.class, decide(new Change.Configure()));
    assertInstanceOf(Decision.Nothing.class, decide(new Change.Erased()));
    assertEquals(3, registry.version());
  }

  @Test
  void takesAPatchAsOneChangeWithBeforeAndAfter() {
    happens(create(Map.of("deadline", "2s", "fallback", Map.of("zh", "稍后"))));

    RegistryEvent event =
        happens(patch(Map.of("deadline", "3s", "fallback", Map.of("zh", "稍后", "en", "later"))));

    assertEquals(
        List.of(
            new SettingChange("deadline", "\"2s\"", "\"3s\""),
            new SettingChange("fallback.en", null, "\"later\"")),
        ((RegistryEvent.SettingsChanged) event).changes());
    assertEquals(
        Map.of("deadline", "3s", "fallback", Map.of("zh", "稍后", "en", "later")),
        OwnSettings.tree(acme().settings()));
  }

  @Test
  void givesASettingBackToTheDefaultsWhereItIsSetToNull() {
    happens(create(Map.of("deadline", "2s", "fallback", Map.of("zh", "稍后"))));
    Map<String, Object> patch = new HashMap<>();
    patch.put("deadline", null);
    patch.put("fallback", null);

    happens(patch(patch));

    assertEquals(Map.of(), acme().settings());
    assertInstanceOf(Decision.Nothing.class, decide(patch(patch)));
  }

  @ParameterizedTest
  @CsvSource({
    "deadline, 6m, deadline",
    "deadline, soon, deadline",
    "overlap, BOTH, overlap",
    "openTurnsMax, 0, open-turns-max",
    "openTurnsMax, many, open-turns-max",
    "retention, 99999d, retention",
    "secretKeys, mine, secret-keys",
    "nothing, 1, nothing",
    "branding, blue, branding",
    "vendors, none, vendors",
  })
  void refusesASettingThatIsNotOneOrOutOfBounds(String name, String value, String named) {
    happens(create(Map.of()));

    Decision decision = decide(patch(Map.of(name, value)));

    assertEquals(named, assertInstanceOf(Decision.Refused.class, decision).setting());
    assertEquals(Refusal.INVALID_SETTING, refused(patch(Map.of(name, value))));
  }

  @Test
  void refusesMoreThanAMessageBetweenNodesHolds() {
    happens(create(Map.of()));
    List<String> many = List.of("http://a.example".repeat(40), "x".repeat(12_000));

    assertEquals(Refusal.SETTINGS_TOO_LARGE, refused(patch(Map.of("allowedOrigins", many))));
  }

  @Test
  void refusesAChangeOfWhatSomebodyElseChanged() {
    happens(create(Map.of()));
    happens(Change.Patch.of(Map.of("deadline", "2s"), 1));

    assertEquals(Refusal.CHANGED_MEANWHILE, refused(Change.Patch.of(Map.of("deadline", "3s"), 1)));
    happens(Change.Patch.of(Map.of("deadline", "3s"), 2));
  }

  @Test
  void hasTwoKeysOfAKindAtMost() {
    happens(new Change.Create(Map.of(), List.of(key("secret-1", TenantKey.Kind.SECRET))));
    happens(new Change.AddKey(key("secret-2", TenantKey.Kind.SECRET)));
    assertEquals(
        Refusal.TOO_MANY_KEYS, refused(new Change.AddKey(key("secret-3", TenantKey.Kind.SECRET))));

    happens(new Change.RemoveKey("secret-1"));
    assertEquals(Refusal.NO_SUCH_KEY, refused(new Change.RemoveKey("secret-1")));
    happens(new Change.AddKey(key("secret-3", TenantKey.Kind.SECRET)));

    assertEquals(
        List.of("secret-2", "secret-3"), acme().keys().stream().map(TenantKey::id).toList());
  }

  @Test
  void suspendsAndResumesOnce() {
    happens(create(Map.of()));
    happens(new Change.Suspend());
    assertTrue(acme().suspended());
    assertInstanceOf(Decision.Nothing.class, decide(new Change.Suspend()));

    happens(new Change.Resume());
    assertFalse(acme().suspended());
    assertInstanceOf(Decision.Nothing.class, decide(new Change.Resume()));
  }

  @Test
  void keepsTheLastKeyThatSignsTokens() {
    happens(new Change.Create(Map.of(), List.of(key("token-1", TenantKey.Kind.TOKEN))));
    assertEquals(Refusal.LAST_KEY, refused(new Change.RemoveKey("token-1")));

    happens(new Change.AddKey(key("token-2", TenantKey.Kind.TOKEN)));
    happens(new Change.RemoveKey("token-1"));

    assertEquals(Refusal.LAST_KEY, refused(new Change.RemoveKey("token-2")));
  }

  @Test
  void sealsAKeyAgainOnce() {
    happens(new Change.Create(Map.of(), List.of(key("token-1", TenantKey.Kind.TOKEN))));
    Change again = new Change.SealKey("token-1", "kept of token-1", "kept anew");
    happens(again);

    assertInstanceOf(Decision.Nothing.class, decide(again));
    assertEquals("kept anew", acme().keys().getFirst().kept());
  }

  @Test
  void knowsATenantOfTheConfigurationWithoutKeepingItsSettings() {
    happens(new Change.Configure());
    assertInstanceOf(Decision.Nothing.class, decide(new Change.Configure()));

    assertTrue(acme().configured());
    assertEquals(Map.of(), acme().settings());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"allowedOrigins\": [null]}",
        "{\"fallback\": \"x\"}",
        "{\"fallback\": {\"zh\": {\"a\": 1}}}",
        "{\"branding\": {\"suggestions\": {\"zh\": [[1]]}}}",
        "{\"vendors\": [{\"name\": \"v\", \"host\": \"h\", \"port\": 0, \"tls\": false}]}",
        "{\"vendors\": [1]}",
        "{\"tokens\": {\"jwksUri\": \"file:///etc/passwd\"}}",
        "{\"tokens\": {\"jwksUri\": \"not a uri\"}}",
        "{\"\": 1}",
        "{\"a.b\": 1}",
      })
  void isNotHurtByWhatNobodyWouldSet(String patch) {
    happens(create(Map.of("fallback", Map.of("zh", "稍后"))));

    assertEquals(Refusal.INVALID_SETTING, refused(new Change.Patch(patch, 0)));
  }

  @Test
  void tellsANodeWhatItDoesNotKnowInPieces() {
    for (int i = 0; i < 10; i++) {
      apply("t-" + i, create(Map.of()));
    }
    apply("t-0", new Change.Suspend());
    apply("t-1", new Change.Delete());

    TenantDirectory.Snapshot known = TenantDirectory.Snapshot.empty();
    int pieces = 0;
    TenantRegistry.Known news;
    do {
      news = TenantRegistry.since(registry, known.version());
      known = known.and(news);
      pieces++;
    } while (news.more());

    assertEquals(3, pieces);
    assertEquals(registry.version(), known.version());
    assertEquals(registry.tenants(), known.tenants());
    assertEquals(Set.of("t-1"), known.erasing());
    assertEquals(List.of(), TenantRegistry.since(registry, known.version()).changed());
  }

  private static Change patch(Map<String, Object> patch) {
    return Change.Patch.of(patch, 0);
  }

  private static TenantKey key(String id, TenantKey.Kind kind) {
    return new TenantKey(id, kind, "kept of " + id, NOW, BY);
  }

  private static Change create(Map<String, Object> settings) {
    return new Change.Create(OwnSettings.flat(settings), List.of());
  }

  private AdministeredTenant acme() {
    return Objects.requireNonNull(registry.tenants().get("acme"));
  }

  private Decision decide(Change change) {
    return registry.decide("acme", change, BY, NOW, BOUNDS);
  }

  private RegistryEvent happens(Change change) {
    return apply("acme", change);
  }

  private RegistryEvent apply(String id, Change change) {
    Decision decision = registry.decide(id, change, BY, NOW, BOUNDS);
    RegistryEvent event = assertInstanceOf(Decision.Happens.class, decision).event();
    registry = registry.after(event);
    return event;
  }

  private Refusal refused(Change change) {
    return assertInstanceOf(Decision.Refused.class, decide(change)).refusal();
  }
}
