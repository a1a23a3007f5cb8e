package io.fengda.answerer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.javadsl.Sink;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.knowledge.KnowledgeFile;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.ContextMessage;
import io.fengda.proto.nlp.v1.Final;
import io.fengda.proto.nlp.v1.Role;
import io.fengda.tenant.Language;
import io.fengda.tenant.TenantId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The demo knowledge as it is found in production: by meaning and by words. */
@SuppressWarnings("NullAway.Init") // Indexed before the first test.
final class MeaningTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final double PARAPHRASES_FOUND_MIN = 0.9;

  private static Map<String, TenantKnowledge> tenants;

  @BeforeAll
  static void index() throws IOException {
    WordingVectors vectors = new WordingVectors();
    tenants =
        Map.of(
            "harbor", TenantKnowledge.withMeanings(demo("harbor"), vectors),
            "beeshop", TenantKnowledge.withMeanings(demo("beeshop"), vectors));
  }

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  private static TenantKnowledge tenant(String id) {
    return Objects.requireNonNull(tenants.get(id));
  }

  private static List<KnowledgeEntry> demo(String tenant) throws IOException {
    return KnowledgeFile.read(Path.of("conf", "knowledge", tenant + ".jsonl"));
  }

  /** Written when the index was finished, and not used to tune it. */
  @Test
  void twoHundredParaphrasesFindTheirEntry() throws IOException {
    List<String> wrong = new ArrayList<>();
    List<JsonNode> paraphrases = paraphrases();
    for (JsonNode one : paraphrases) {
      String question = one.get("question").asText();
      Optional<Match> best = tenant(one.get("tenant").asText()).best(Language.ZH, question);
      if (!best.map(match -> match.entry().id()).equals(Optional.of(one.get("id").asText()))) {
        wrong.add(question);
      }
    }

    assertEquals(200, paraphrases.size());
    assertTrue(wrong.size() <= (1 - PARAPHRASES_FOUND_MIN) * 200, wrong::toString);
  }

  private static List<JsonNode> paraphrases() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(MeaningTest.class.getResourceAsStream("paraphrases.jsonl"))) {
      JsonMapper json = new JsonMapper();
      List<JsonNode> all = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        all.add(json.readTree(line));
      }
      return all;
    }
  }

  @Test
  void whatIsForeignIsNeitherAnsweredNorTakenForSomethingNear() {
    for (Map.Entry<String, TenantKnowledge> tenant : tenants.entrySet()) {
      for (Language language : Language.values()) {
        List<String> answered =
            DemoKnowledgeTest.outOfScope(language).stream()
                .filter(one -> find(tenant.getValue(), language, one).answer().isPresent())
                .toList();
        assertTrue(answered.size() <= 3, () -> tenant.getKey() + " answers " + answered);
      }
    }
  }

  @Test
  void anEntrysOwnWordingIsCertain() {
    Match match = tenant("harbor").best(Language.ZH, "银行卡丢了怎么办！").orElseThrow();

    assertEquals(1, match.confidence());
    assertEquals("zh-card-lost", match.entry().id());
  }

  @Test
  void whatComesNearIsProposed() {
    Final last = ask("zh", List.of(), nearMiss());

    assertTrue(last.hasNoAnswer());
    String text = last.getNoAnswer().getText();
    assertTrue(text.startsWith("您是不是想问：\n- "), text);
    assertTrue(text.lines().count() <= 4, text);
  }

  /** One of many vague questions that is not answered. */
  private static String nearMiss() {
    return Stream.of("卡的问题", "钱的事情", "我想问一下账户", "转账那个", "贷款的事", "手机的问题", "信用卡问题")
        .filter(one -> find(tenant("harbor"), Language.ZH, one).answer().isEmpty())
        .filter(one -> !find(tenant("harbor"), Language.ZH, one).near(3).isEmpty())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatNothingComesNearHasNoText() {
    Final last = ask("en", List.of(), "xyzzy plugh");

    assertTrue(last.hasNoAnswer());
    assertEquals("", last.getNoAnswer().getText());
  }

  @Test
  void aFollowUpIsUnderstoodWithWhatWasAskedBefore() {
    String before = "大额存单怎么买";
    String followUp = "那起步要多少";
    assertFalse(
        find(tenant("harbor"), Language.ZH, followUp)
            .answer()
            .filter(match -> match.entry().id().contains("large-cd"))
            .isPresent());

    Final last = ask("zh", List.of(customer(before), bot("好的。")), followUp);

    assertTrue(last.hasAnswer(), last::toString);
    assertTrue(last.getAnswer().getText().contains("大额存单"), last::toString);
  }

  @Test
  void whoAsksAgainInOtherWordsIsAnsweredAgain() {
    KnowledgeEntry entry = tenant("harbor").best(Language.ZH, "大额存单起存多少钱").orElseThrow().entry();

    Final last =
        ask("zh", List.of(customer(entry.question()), bot(entry.answer())), "请问大额存单最低要存多少钱");

    assertEquals(entry.answer(), last.getAnswer().getText());
  }

  @Test
  void whoKnowsOneWordingOfEachThingDoesNotAnswerWhatIsForeign() throws IOException {
    List<KnowledgeEntry> terse =
        demo("harbor").stream()
            .map(
                entry ->
                    new KnowledgeEntry(
                        entry.id(),
                        entry.language(),
                        entry.question(),
                        List.of(),
                        entry.answer(),
                        entry.source()))
            .toList();
    TenantKnowledge tenant = TenantKnowledge.withMeanings(terse, new WordingVectors());
    for (Language language : Language.values()) {
      List<String> answered =
          DemoKnowledgeTest.outOfScope(language).stream()
              .filter(one -> find(tenant, language, one).answer().isPresent())
              .toList();
      assertTrue(answered.size() <= 2, answered::toString);
    }
    assertTrue(find(tenant, Language.ZH, "银行卡丢了该怎么办呢").answer().isPresent());
  }

  @Test
  void anAnswerThatWasJustGivenIsNoAnswerToAFollowUp() {
    KnowledgeEntry entry = tenant("harbor").best(Language.ZH, "大额存单起存多少钱").orElseThrow().entry();

    Final last = ask("zh", List.of(customer(entry.question()), bot(entry.answer())), "那起步要多少");

    assertFalse(last.getAnswer().getText().equals(entry.answer()), last::toString);
  }

  private static TenantKnowledge.Found find(
      TenantKnowledge tenant, Language language, String question) {
    return tenant.find(language, question, 0);
  }

  private static ContextMessage customer(String text) {
    return ContextMessage.newBuilder().setRole(Role.ROLE_CUSTOMER).setText(text).build();
  }

  private static ContextMessage bot(String text) {
    return ContextMessage.newBuilder().setRole(Role.ROLE_BOT).setText(text).build();
  }

  private static Final ask(String language, List<ContextMessage> context, String question) {
    var settings =
        new AnswererSettings(
            "127.0.0.1",
            0,
            AnswererSettingsTest.PLAIN,
            Path.of("none"),
            Duration.ofSeconds(5),
            0.3,
            4096,
            Duration.ZERO);
    Knowledge knowledge = tenant -> Optional.ofNullable(tenants.get(tenant.value()));
    return Answerer.of(knowledge, settings, Clock.systemUTC())
        .answer(
            AnswerRequest.newBuilder()
                .setTenantId(TenantId.of("harbor").value())
                .setLanguage(language)
                .addAllContext(context)
                .addQuestions(question)
                .build())
        .runWith(Sink.seq(), KIT.system())
        .toCompletableFuture()
        .join()
        .stream()
        .collect(Collectors.toList())
        .getLast()
        .getFinal();
  }
}
