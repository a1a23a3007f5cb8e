package io.fengda.answerer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fengda.tenant.Language;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OnnxEncoderTest {
  @ParameterizedTest
  @CsvSource({
    "EN, I lost my bank card, my debit card is missing, what is the weather like today",
    "ZH, 银行卡丢了怎么办, 我的卡不见了, 今天天气怎么样"
  })
  void whatMeansTheSameIsNearer(Language language, String text, String same, String other) {
    SentenceEncoder encoder = OnnxEncoder.load(language);
    float[] vector = encoder.encode(text);

    assertEquals(1, dot(vector, vector), 1e-5);
    assertTrue(dot(vector, encoder.encode(same)) > dot(vector, encoder.encode(other)) + 0.1);
  }

  @ParameterizedTest
  @CsvSource({"EN, ''", "ZH, '  '", "EN, 😀", "ZH, 㐀"})
  void anyTextHasAVector(Language language, String text) {
    float[] vector = OnnxEncoder.load(language).encode(text);

    assertEquals(1, dot(vector, vector), 1e-5);
  }

  @Test
  void ofALongTextTheBeginningCounts() {
    SentenceEncoder encoder = OnnxEncoder.load(Language.EN);
    String beginning = "card ".repeat(200);

    assertArrayEquals(
        encoder.encode(beginning), encoder.encode(beginning + "weather ".repeat(800)));
  }

  @Test
  void threadsDoNotDisturbEachOther() {
    SentenceEncoder encoder = OnnxEncoder.load(Language.EN);
    float[] alone = encoder.encode("question 7");

    IntStream.range(0, 64)
        .parallel()
        .forEach(i -> assertArrayEquals(alone, encoder.encode("question 7"), 1e-5f));
  }

  private static double dot(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }
}
