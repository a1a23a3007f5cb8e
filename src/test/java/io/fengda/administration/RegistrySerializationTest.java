package io.fengda.administration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializers;
import com.typesafe.config.ConfigFactory;
import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.tenant.Language;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What nodes say to each other of tenants, and what the registry's journal keeps. */
class RegistrySerializationTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          "registry-serialization",
          ConfigFactory.parseString(
                  """
                  akka.actor.provider = local
                  akka.actor.serialization-bindings {
                    "io.fengda.administration.AdministrationMessage" = jackson-cbor
                  }
                  """)
              .withFallback(ConfigFactory.defaultReference()));

  private static final Instant NOW = Instant.parse("2026-11-30T00:00:00.123456Z");
  private static final TenantKey KEY =
      new TenantKey("token-1", TenantKey.Kind.TOKEN, "sealed", NOW, "ops:ann");
  private static final Map<String, String> SETTINGS =
      OwnSettings.flat(
          Map.of(
              "deadline", "2s",
              "branding", Map.of("suggestions", Map.of("en", List.of("one", "two"))),
              "vendors", List.of(Map.of("name", "v", "port", 1))));

  private static final AdministeredTenant TENANT =
      new AdministeredTenant("acme", 7, 6, SETTINGS, List.of(KEY), true, true, 3);
  private static final Registry REGISTRY =
      new Registry(9, Map.of("acme", TENANT), Set.of("old"), Set.of("older"));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  static Stream<Object> messages() {
    List<SettingChange> changes =
        List.of(new SettingChange("deadline", null, "1"), new SettingChange("a", "[1]", null));
    Stream<Object> all =
        Stream.of(
            new RegistryEvent.TenantCreated("acme", SETTINGS, List.of(KEY), false, "ops:ann", NOW),
            new RegistryEvent.SettingsChanged("acme", changes, "admin:bob", NOW),
            new RegistryEvent.KeyAdded("acme", KEY, "admin:bob", NOW),
            new RegistryEvent.KeySealed("acme", "token-1", "anew", "engine", NOW),
            new RegistryEvent.KeyRemoved("acme", "x", TenantKey.Kind.SECRET, "admin:bob", NOW),
            new RegistryEvent.KnowledgeChanged("acme", 4, 12, "admin:bob", NOW),
            new RegistryEvent.TenantSuspended("acme", "ops:ann", NOW),
            new RegistryEvent.TenantResumed("acme", "ops:ann", NOW),
            new RegistryEvent.TenantDeleted("acme", "ops:ann", NOW),
            new RegistryEvent.TenantErased("acme", "engine", NOW),
            REGISTRY,
            new TenantRegistry.Applied(7, TENANT),
            new TenantRegistry.Applied(7, null),
            new TenantRegistry.Refused(Refusal.INVALID_SETTING, "deadline", "no"),
            TenantRegistry.since(REGISTRY, 0),
            new TenantRegistry.ReadSince(4, KIT.<TenantRegistry.Known>createTestProbe().ref()));
    return Stream.of(all, changes().map(RegistrySerializationTest::asking), knowledge())
        .flatMap(some -> some);
  }

  private static Stream<Object> knowledge() {
    KnowledgeEntry entry =
        new KnowledgeEntry("e", Language.ZH, "怎么退货", List.of("退货"), "七天内", "help");
    KnowledgeBook book = KnowledgeBook.empty();
    var put = new KnowledgeEvent.EntriesPut(List.of(entry), "f", List.of("old"), "admin:bob", NOW);
    var result = KIT.<KnowledgeBase.Result>createTestProbe().ref();
    return Stream.of(
        put,
        new KnowledgeEvent.EntriesRemoved(List.of("e"), "admin:bob", NOW),
        new KnowledgeEvent.FileTaken("f", NOW),
        book,
        book.after(put).after(new KnowledgeEvent.FileTaken("f", NOW)),
        new KnowledgeBase.Put(List.of(entry), "f", "admin:bob", result),
        new KnowledgeBase.Remove(List.of("e"), "admin:bob", result),
        new KnowledgeBase.TakeFile("f", result),
        new KnowledgeBase.Read("", "x", 5, KIT.<KnowledgeBase.Page>createTestProbe().ref()),
        new KnowledgeBase.Leave(KIT.<Done>createTestProbe().ref()),
        new KnowledgeBase.Result(3, Map.of("e", "why")),
        new KnowledgeBase.Page(3, 1, "f", List.of(entry), true));
  }

  private static Stream<Change> changes() {
    return Stream.of(
        new Change.Create(SETTINGS, List.of(KEY)),
        new Change.Configure(),
        new Change.Erased(),
        Change.Patch.of(Map.of("allowedOrigins", List.of("https://a.example")), 3),
        new Change.AddKey(KEY),
        new Change.SealKey("token-1", "before", "after"),
        new Change.RemoveKey("token-1"),
        new Change.KnowledgeAt(4, 12),
        new Change.Suspend(),
        new Change.Resume(),
        new Change.Delete());
  }

  private static Object asking(Change change) {
    return new TenantRegistry.Apply(
        "acme", change, "ops:ann", KIT.<TenantRegistry.Reply>createTestProbe().ref());
  }

  @ParameterizedTest
  @MethodSource("messages")
  void comesBackAsItWas(Object message) {
    Serialization serialization = SerializationExtension.get(KIT.system());
    var serializer = serialization.findSerializerFor(message);
    byte[] bytes = serialization.serialize(message).get();

    Object back =
        serialization
            .deserialize(
                bytes, serializer.identifier(), Serializers.manifestFor(serializer, message))
            .get();

    assertEquals(message, back);
  }
}
