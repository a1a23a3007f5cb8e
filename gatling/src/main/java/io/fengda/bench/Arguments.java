package io.fengda.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a bench was given: numbers and words, each kind in its order.
 *
 * @param engine what differs in the engine; see {@link EngineSpec#with}
 */
record Arguments(List<Double> numbers, List<String> words, List<String> engine) {
  private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)?");

  static Arguments of(List<String> all) {
    List<Double> numbers = new ArrayList<>();
    List<String> words = new ArrayList<>();
    List<String> engine = new ArrayList<>();
    for (String argument : all) {
      if (NUMBER.matcher(argument).matches()) {
        numbers.add(Double.parseDouble(argument));
      } else if (argument.startsWith("-X") || argument.indexOf('=') > 0) {
        engine.add(argument);
      } else {
        words.add(argument);
      }
    }
    return new Arguments(List.copyOf(numbers), List.copyOf(words), List.copyOf(engine));
  }

  /** The number at a place, or what it is where it is missing. */
  double number(int place, double otherwise) {
    return place < numbers.size() ? numbers.get(place) : otherwise;
  }

  /** The same, which has to be a whole one within bounds. */
  int whole(int place, int otherwise, int min, int max) {
    double number = number(place, otherwise);
    if (number < min || number > max || number != Math.rint(number)) {
      throw new UsageException(
          "%s is not a whole number from %d to %d".formatted(number, min, max));
    }
    return (int) number;
  }

  /** Refuses what the bench would not look at. */
  Arguments with(int numbersMax, List<String> wordsKnown) {
    if (numbers.size() > numbersMax) {
      throw new UsageException("more than %d numbers".formatted(numbersMax));
    }
    for (String word : words) {
      if (!wordsKnown.contains(word)) {
        throw new UsageException("'%s' means nothing here".formatted(word));
      }
    }
    return this;
  }
}
