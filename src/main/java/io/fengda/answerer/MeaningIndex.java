package io.fengda.answerer;

import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.tenant.Language;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One tenant's knowledge in one language, found by meaning and by words. Immutable and safe for use
 * by many threads; all of it is in memory.
 */
final class MeaningIndex {
  private static final Logger LOG = LoggerFactory.getLogger(MeaningIndex.class);

  private final List<KnowledgeEntry> entries;
  private final Function<String, float[]> encoder;
  private final Likenesses likenesses;
  private final Ranking ranking;

  private MeaningIndex(
      List<KnowledgeEntry> entries,
      Function<String, float[]> encoder,
      Likenesses likenesses,
      Ranking ranking) {
    this.entries = entries;
    this.encoder = encoder;
    this.likenesses = likenesses;
    this.ranking = ranking;
  }

  /**
   * Indexes and fits; takes about 5 ms of CPU for each wording that is encoded anew, and as long
   * again for the rest.
   *
   * @param encodedWordings gives the vector of a wording, from memory where it is known
   * @param encoder gives the vector of a question
   */
  static MeaningIndex of(
      Language language,
      List<KnowledgeEntry> all,
      Function<String, float[]> encodedWordings,
      Function<String, float[]> encoder) {
    List<KnowledgeEntry> entries =
        all.stream().filter(entry -> entry.language() == language).toList();
    List<EncodedWording> wordings = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      for (String text : entries.get(i).wordings()) {
        wordings.add(new EncodedWording(i, text, encodedWordings.apply(text)));
      }
    }
    Ranking ranking = RankingFit.of(language, entries, wordings);
    LOG.info(
        "{} entries, {} wordings in {}: {}", entries.size(), wordings.size(), language, ranking);
    return new MeaningIndex(entries, encoder, Likenesses.of(language, entries, wordings), ranking);
  }

  /** Entries like the question, by falling confidence; an entry's own wording has confidence 1. */
  List<Match> find(String question) {
    return likenesses
        .words()
        .same(question)
        .map(List::of)
        .orElseGet(
            () ->
                ranking.rank(likenesses.to(question, encoder.apply(question))).stream()
                    .map(
                        one -> new Match(entries.get(one.entry()), ranking.confidence(one.score())))
                    .toList());
  }

  /** The least confidence of an answer. */
  double threshold() {
    return ranking.confidence(ranking.threshold());
  }
}
