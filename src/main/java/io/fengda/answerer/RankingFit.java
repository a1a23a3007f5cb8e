package io.fengda.answerer;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.tenant.Language;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Fits a {@link Ranking} to a tenant's own knowledge, by questions whose answer is known: a part of
 * the wordings is held out and asked, and so are all wordings of a part of the entries, which are
 * left out and stand for what the tenant does not know.
 *
 * <p>The weights are those of a small grid that answer most of what is known and refuse most of
 * what is not, if that is not chance. The threshold withholds 1 % of the right answers, 5 % where a
 * hundred wordings are all there is to ask. Confidence is a logistic regression on the score
 * (Platt, 1999).
 */
final class RankingFit {
  /**
   * The part of the right answers that the threshold withholds, which is larger where few questions
   * were held out: they say little about the rarest scores.
   */
  private static final double WITHHELD_MIN = 0.01;

  private static final double WITHHELD_OF_ONE = 0.4;

  /**
   * Other weights than the usual ones have to be better by more than chance, as one question is.
   */
  private static final double DOUBT_OF_ONE = 2;

  /** Never less: an entry that is left out is nearer to the others than what is truly foreign. */
  private static final double[] MEANINGS = {3, 4, 6, 10};

  private static final double[] WORDS = {0.5, 1, 2};

  /** One entry in so many is left out, one wording in so many is held out of the others. */
  private static final int OUT_ONE_IN = 10;

  private static final int HELD_ONE_IN = 5;

  /** Every so many of a larger set are asked. */
  private static final int ASKED_MAX = 1_500;

  /** With fewer held-out questions nothing is fitted. */
  private static final int ASKED_MIN = 20;

  /** Fitted to the demo knowledge; for who has too few wordings to be fitted. */
  private static final Ranking DEFAULT = new Ranking(4, 1, 1, 2.4, 2, 3);

  /** The same for who has so few wordings, or so many, that no classifier was learnt. */
  private static final Ranking DEFAULT_UNLEARNT = new Ranking(4, 0, 1, 3.2, 2, 3.6);

  private final Likenesses known;
  private final List<Question> inside = new ArrayList<>();
  private final List<Question> outside = new ArrayList<>();

  /** A question, what is like it, and the entry that answers it: -1 where none does. */
  private record Question(List<Likeness> likenesses, int answer) {}

  private RankingFit(
      Language language, List<KnowledgeEntry> entries, List<EncodedWording> wordings) {
    Map<Integer, Integer> seen = new HashMap<>();
    List<EncodedWording> kept = new ArrayList<>();
    List<EncodedWording> held = new ArrayList<>();
    List<EncodedWording> foreign = new ArrayList<>();
    for (EncodedWording wording : wordings) {
      int number = seen.merge(wording.entry(), 1, Integer::sum);
      if (wording.entry() % OUT_ONE_IN == OUT_ONE_IN - 1) {
        foreign.add(wording);
      } else if (number % HELD_ONE_IN == 0) {
        held.add(wording);
      } else {
        kept.add(wording);
      }
    }
    known = Likenesses.of(language, reduced(entries, kept), kept);
    ask(held, true);
    ask(foreign, false);
  }

  /** The entries with the wordings that are kept; those without any keep their place. */
  private static List<KnowledgeEntry> reduced(
      List<KnowledgeEntry> entries, List<EncodedWording> kept) {
    Map<Integer, List<String>> texts = new HashMap<>();
    kept.forEach(
        one -> texts.computeIfAbsent(one.entry(), entry -> new ArrayList<>()).add(one.text()));
    List<KnowledgeEntry> reduced = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      KnowledgeEntry entry = entries.get(i);
      List<String> own = texts.getOrDefault(i, List.of());
      boolean none = own.isEmpty();
      reduced.add(
          new KnowledgeEntry(
              entry.id(),
              entry.language(),
              none ? "" : own.getFirst(),
              none ? List.of() : own.subList(1, own.size()),
              none ? "" : entry.answer(),
              entry.source()));
    }
    return reduced;
  }

  private void ask(List<EncodedWording> wordings, boolean isKnown) {
    int step = Math.max(1, wordings.size() / ASKED_MAX);
    for (int i = 0; i < wordings.size(); i += step) {
      EncodedWording one = wordings.get(i);
      Question question =
          new Question(known.to(one.text(), one.vector()), isKnown ? one.entry() : -1);
      (isKnown ? inside : outside).add(question);
    }
  }

  /** Fits; takes as long as to index the knowledge once more. */
  static Ranking of(
      Language language, List<KnowledgeEntry> entries, List<EncodedWording> wordings) {
    RankingFit fit = new RankingFit(language, entries, wordings);
    if (fit.inside.size() < ASKED_MIN || fit.outside.size() < ASKED_MIN) {
      return fit.usual();
    }
    double learnt = fit.known.hasLearnt() ? 1 : 0;
    Ranking best = Ranking.weighing(DEFAULT.meaning(), learnt, DEFAULT.words());
    double bestGain = fit.gain(best) + DOUBT_OF_ONE / Math.sqrt(fit.inside.size());
    for (double meaning : MEANINGS) {
      for (double words : WORDS) {
        Ranking ranking = Ranking.weighing(meaning, learnt, words);
        double gain = fit.gain(ranking);
        if (gain > bestGain) {
          bestGain = gain;
          best = ranking;
        }
      }
    }
    return fit.calibrated(best);
  }

  private Ranking usual() {
    return known.hasLearnt() ? DEFAULT : DEFAULT_UNLEARNT;
  }

  /** Parts of the known that are answered rightly, counted twice, and of the unknown refused. */
  private double gain(Ranking ranking) {
    double threshold = threshold(ranking);
    long right = inside.stream().filter(one -> rightScore(ranking, one) >= threshold).count();
    long refused = outside.stream().filter(one -> topScore(ranking, one) < threshold).count();
    return 2.0 * right / inside.size() + (double) refused / outside.size();
  }

  /** The score that all but a small part of the right answers reach. */
  private double threshold(Ranking ranking) {
    double[] right =
        inside.stream()
            .mapToDouble(one -> rightScore(ranking, one))
            .filter(score -> score > Double.NEGATIVE_INFINITY)
            .sorted()
            .toArray();
    if (right.length == 0) {
      return DEFAULT.threshold();
    }
    double withheld = Math.max(WITHHELD_MIN, WITHHELD_OF_ONE / Math.sqrt(right.length));
    return right[(int) Math.min(right.length - 1, withheld * right.length)];
  }

  /** The score of the first entry, if that is the right one. */
  private static double rightScore(Ranking ranking, Question question) {
    return ranking.rank(question.likenesses()).stream()
        .findFirst()
        .filter(first -> first.entry() == question.answer())
        .map(Ranking.Scored::score)
        .orElse(Double.NEGATIVE_INFINITY);
  }

  private static double topScore(Ranking ranking, Question question) {
    return question.likenesses().stream()
        .map(ranking::score)
        .max(Comparator.naturalOrder())
        .orElse(Double.NEGATIVE_INFINITY);
  }

  private Ranking calibrated(Ranking ranking) {
    Problem problem = new Problem();
    List<Question> all = new ArrayList<>(inside);
    all.addAll(outside);
    all.removeIf(question -> question.likenesses().isEmpty());
    problem.l = all.size();
    problem.n = 2;
    problem.x = new Feature[problem.l][];
    problem.y = new double[problem.l];
    for (int i = 0; i < problem.l; i++) {
      double score = topScore(ranking, all.get(i));
      problem.x[i] = new Feature[] {new FeatureNode(1, score), new FeatureNode(2, 1)};
      problem.y[i] = rightScore(ranking, all.get(i)) > Double.NEGATIVE_INFINITY ? 1 : 0;
    }
    Parameter parameter = new Parameter(SolverType.L2R_LR, 100, 0.001);
    parameter.setRandom(new Random(1));
    Linear.disableDebugOutput();
    Model model = Linear.train(problem, parameter);
    double[] weights = model.getFeatureWeights();
    double sign = model.getLabels()[0] == 1 ? 1 : -1;
    double slope = sign * weights[0];
    if (slope <= 0) {
      return usual();
    }
    return new Ranking(
        ranking.meaning(),
        ranking.learnt(),
        ranking.words(),
        threshold(ranking),
        slope,
        -sign * weights[1] / slope);
  }
}
