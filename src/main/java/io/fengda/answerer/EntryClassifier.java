package io.fengda.answerer;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import java.util.List;
import java.util.Random;

/**
 * Learns which directions of meaning tell an entry from the others: a linear support vector machine
 * for each entry against the rest (LIBLINEAR; Fan et al., 2008). Immutable and safe for use by many
 * threads.
 */
final class EntryClassifier {
  /** Beyond it learning would take minutes; near wordings then decide alone. */
  private static final int ENTRIES_MAX = 500;

  private static final int WORDINGS_MAX = 20_000;

  /** Fewer wordings for each entry teach nothing. */
  private static final int WORDINGS_OF_ENTRY_MIN = 2;

  /** Not so sure as to be of use: what an entry has that was not learnt. */
  private static final EntryClassifier NONE = new EntryClassifier(new float[0][]);

  private final float[][] weights;

  private EntryClassifier(float[][] weights) {
    this.weights = weights;
  }

  static EntryClassifier learn(List<EncodedWording> wordings, int entries) {
    boolean tooFew = entries < 2 || wordings.size() < WORDINGS_OF_ENTRY_MIN * entries;
    if (tooFew || entries > ENTRIES_MAX || wordings.size() > WORDINGS_MAX) {
      return NONE;
    }
    Problem problem = new Problem();
    problem.l = wordings.size();
    problem.n = wordings.getFirst().vector().length + 1;
    problem.bias = 1;
    problem.x = new Feature[problem.l][];
    problem.y = new double[problem.l];
    for (int i = 0; i < problem.l; i++) {
      problem.x[i] = features(wordings.get(i).vector());
      problem.y[i] = wordings.get(i).entry();
    }
    Parameter parameter = new Parameter(SolverType.L2R_L2LOSS_SVC_DUAL, 1, 0.1);
    parameter.setRandom(new Random(1));
    Linear.disableDebugOutput();
    return new EntryClassifier(weights(Linear.train(problem, parameter), problem.n, entries));
  }

  private static Feature[] features(float[] vector) {
    Feature[] features = new Feature[vector.length + 1];
    for (int i = 0; i < vector.length; i++) {
      features[i] = new FeatureNode(i + 1, vector[i]);
    }
    features[vector.length] = new FeatureNode(vector.length + 1, 1);
    return features;
  }

  /** LIBLINEAR keeps one vector for two classes, and one for each of more. */
  private static float[][] weights(Model model, int size, int entries) {
    int[] labels = model.getLabels();
    double[] all = model.getFeatureWeights();
    int columns = all.length / size;
    float[][] weights = new float[entries][];
    for (int label = 0; label < labels.length; label++) {
      float[] own = new float[size];
      for (int i = 0; i < size; i++) {
        own[i] =
            (float) (columns == 1 ? (label == 0 ? all[i] : -all[i]) : all[i * columns + label]);
      }
      weights[labels[label]] = own;
    }
    return weights;
  }

  /** Whether anything was learnt. */
  boolean knows() {
    return weights.length > 0;
  }

  /** About 1 where a meaning is the entry's, about -1 where it is not; 0 if nothing was learnt. */
  double decide(float[] vector, int entry) {
    if (!knows()) {
      return 0;
    }
    float[] own = weights[entry];
    if (own == null) {
      return -1;
    }
    float sum = own[vector.length];
    for (int i = 0; i < vector.length; i++) {
      sum += own[i] * vector[i];
    }
    return sum;
  }
}
