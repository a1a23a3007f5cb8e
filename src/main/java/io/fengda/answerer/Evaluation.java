package io.fengda.answerer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.knowledge.KnowledgeFile;
import io.fengda.tenant.Language;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Says how well the answerer finds, on public data or on a folder of one's own: {@code
 * knowledge.jsonl} in the format of {@link KnowledgeFile} and {@code questions.jsonl} with {@code
 * {"question", "id"}}, where the id is null for what is not in the knowledge.
 */
public final class Evaluation {
  private static final Path DEMO = Path.of("conf", "knowledge");
  private static final Path PARAPHRASES =
      Path.of("src", "test", "resources", "io", "fengda", "answerer", "paraphrases.jsonl");
  private static final JsonMapper JSON = new JsonMapper();

  private final ObjectNode result = JSON.createObjectNode();
  private long cpuNanos;
  private long asked;

  private Evaluation() {}

  /**
   * A question whose answer is known.
   *
   * @param id of the entry that answers it; empty where none does
   */
  private record Question(String text, String id) {}

  /**
   * How many were right.
   *
   * @param first known questions whose entry came first, whatever the threshold
   * @param answered known questions that were answered rightly
   * @param refused unknown questions that were not answered
   */
  private record Score(int known, int unknown, int first, int answered, int refused) {
    Score plus(Score other) {
      return new Score(
          known + other.known,
          unknown + other.unknown,
          first + other.first,
          answered + other.answered,
          refused + other.refused);
    }

    double top1() {
      return first / (double) known;
    }

    double inScope() {
      return answered / (double) known;
    }

    double outOfScopeRecall() {
      return refused / (double) unknown;
    }
  }

  /** Evaluates the folder that is named. */
  public static void main(String[] args) throws IOException {
    if (args.length != 1 || args[0].isBlank() || !Files.isDirectory(Path.of(args[0]))) {
      System.err.println(
          "-Ddata=<folder>: one with banking77 and clinc150, or with knowledge.jsonl");
      System.exit(2);
    }
    Path data = Path.of(args[0]);
    Evaluation evaluation = new Evaluation();
    if (Files.exists(data.resolve("knowledge.jsonl"))) {
      evaluation.own(data);
    } else {
      evaluation.banking(data.resolve("banking77"));
      evaluation.clinc(data.resolve("clinc150").resolve("data_full.json"));
      evaluation.paraphrases();
    }
    evaluation.result.put("cpuMsPerQuery", rounded(evaluation.cpuNanos / 1e6 / evaluation.asked));
    System.out.println("RESULT " + evaluation.result);
  }

  private void own(Path folder) throws IOException {
    List<KnowledgeEntry> entries = KnowledgeFile.read(folder.resolve("knowledge.jsonl"));
    List<Question> questions = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("questions.jsonl"))) {
      if (!line.isBlank()) {
        JsonNode json = JSON.readTree(line);
        questions.add(new Question(json.path("question").asText(), json.path("id").asText("")));
      }
    }
    Score all = new Score(0, 0, 0, 0, 0);
    for (Language language : Language.values()) {
      List<KnowledgeEntry> spoken =
          entries.stream().filter(entry -> entry.language() == language).toList();
      List<Question> own =
          questions.stream().filter(one -> languageOf(one, entries) == language).toList();
      if (!spoken.isEmpty() && !own.isEmpty()) {
        all = all.plus(score(language.tag(), language, spoken, own));
      }
    }
    if (all.known() > 0) {
      result.put("top1", rounded(all.top1()));
      result.put("inScope", rounded(all.inScope()));
    }
    if (all.unknown() > 0) {
      result.put("outOfScopeRecall", rounded(all.outOfScopeRecall()));
    }
  }

  /** That of the entry that answers it; of what none answers, that of its characters. */
  private static Language languageOf(Question question, List<KnowledgeEntry> entries) {
    return entries.stream()
        .filter(entry -> entry.id().equals(question.id()))
        .map(KnowledgeEntry::language)
        .findFirst()
        .orElse(
            question.text().codePoints().anyMatch(Character::isIdeographic)
                ? Language.ZH
                : Language.EN);
  }

  private void banking(Path folder) throws IOException {
    Score score =
        score(
            "BANKING77",
            Language.EN,
            entries(csv(folder.resolve("train.csv"))),
            csv(folder.resolve("test.csv")));
    result.put("banking77Top1", rounded(score.top1()));
  }

  private static List<Question> csv(Path file) throws IOException {
    try (MappingIterator<Map<String, String>> rows =
        new CsvMapper()
            .readerForMapOf(String.class)
            .with(CsvSchema.emptySchema().withHeader())
            .readValues(file.toFile())) {
      return rows.readAll().stream()
          .map(
              row ->
                  new Question(
                      row.getOrDefault("text", "").strip(), row.getOrDefault("category", "")))
          .toList();
    }
  }

  private void clinc(Path file) throws IOException {
    JsonNode data = JSON.readTree(file.toFile());
    List<Question> questions = new ArrayList<>(pairs(data.get("test")));
    pairs(data.get("oos_test")).forEach(one -> questions.add(new Question(one.text(), "")));
    Score score = score("CLINC150", Language.EN, entries(pairs(data.get("train"))), questions);
    result.put("clincInScope", rounded(score.inScope()));
    result.put("clincOutOfScopeRecall", rounded(score.outOfScopeRecall()));
  }

  private static List<Question> pairs(JsonNode array) {
    List<Question> pairs = new ArrayList<>();
    array.forEach(pair -> pairs.add(new Question(pair.get(0).asText(), pair.get(1).asText())));
    return pairs;
  }

  private static List<KnowledgeEntry> entries(List<Question> examples) {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    examples.forEach(
        one -> texts.computeIfAbsent(one.id(), id -> new ArrayList<>()).add(one.text()));
    return texts.entrySet().stream()
        .map(
            entry ->
                new KnowledgeEntry(
                    entry.getKey(),
                    Language.EN,
                    entry.getValue().getFirst(),
                    entry.getValue().subList(1, entry.getValue().size()),
                    entry.getKey().replace('_', ' '),
                    ""))
        .toList();
  }

  private void paraphrases() throws IOException {
    int known = 0;
    int first = 0;
    Map<String, List<Question>> byTenant = new LinkedHashMap<>();
    for (String line : Files.readAllLines(PARAPHRASES)) {
      JsonNode json = JSON.readTree(line);
      byTenant
          .computeIfAbsent(json.get("tenant").asText(), tenant -> new ArrayList<>())
          .add(new Question(json.get("question").asText(), json.get("id").asText()));
    }
    for (Map.Entry<String, List<Question>> tenant : byTenant.entrySet()) {
      List<KnowledgeEntry> entries =
          KnowledgeFile.read(DEMO.resolve(tenant.getKey() + ".jsonl")).stream()
              .filter(entry -> entry.language() == Language.ZH)
              .toList();
      Score score = score(tenant.getKey(), Language.ZH, entries, tenant.getValue());
      known += score.known();
      first += score.first();
    }
    result.put("zhParaphraseTop1", rounded(first / (double) known));
  }

  private Score score(
      String name, Language language, List<KnowledgeEntry> entries, List<Question> questions) {
    SentenceEncoder encoder = OnnxEncoder.load(language);
    List<String> wordings = entries.stream().flatMap(one -> one.wordings().stream()).toList();
    System.out.printf("%s: %d entries, %d wordings%n", name, entries.size(), wordings.size());
    Map<String, float[]> encoded = new ConcurrentHashMap<>();
    wordings.parallelStream().forEach(text -> encoded.computeIfAbsent(text, encoder::encode));
    MeaningIndex index = MeaningIndex.of(language, entries, encoded::get, encoder::encode);

    questions.stream().limit(200).forEach(one -> index.find(one.text()));
    long startNanos = System.nanoTime();
    List<List<Match>> found =
        IntStream.range(0, questions.size())
            .parallel()
            .mapToObj(i -> timed(index, questions.get(i).text()))
            .toList();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    Score score = score(questions, found, index.threshold());
    System.out.printf(
        Locale.ROOT,
        "%s: top-1 %.4f, in scope %.4f, out of scope %.4f; %.0f queries/s%n",
        name,
        score.top1(),
        score.inScope(),
        score.unknown() == 0 ? Double.NaN : score.outOfScopeRecall(),
        questions.size() / seconds);
    return score;
  }

  private List<Match> timed(MeaningIndex index, String question) {
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    List<Match> found = index.find(question);
    long used = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    synchronized (this) {
      cpuNanos += used;
      asked++;
    }
    return found;
  }

  private static Score score(List<Question> questions, List<List<Match>> found, double threshold) {
    int known = 0;
    int first = 0;
    int answered = 0;
    int refused = 0;
    for (int i = 0; i < questions.size(); i++) {
      String id = questions.get(i).id();
      Match best = found.get(i).isEmpty() ? null : found.get(i).getFirst();
      boolean sure = best != null && best.confidence() >= threshold;
      if (id.isEmpty()) {
        refused += sure ? 0 : 1;
      } else {
        known++;
        boolean right = best != null && best.entry().id().equals(id);
        first += right ? 1 : 0;
        answered += right && sure ? 1 : 0;
      }
    }
    return new Score(known, questions.size() - known, first, answered, refused);
  }

  private static double rounded(double value) {
    return Math.round(value * 10_000) / 10_000.0;
  }
}
