package io.fengda.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdFormTest {
  private static final String LETTERS = "aZ09_.@+-:/ \u0000\u007f\u0080中é%|[]\\^";

  @ParameterizedTest
  @CsvSource({"a-z0-9-, 32", "A-Za-z0-9_.@+-, 64", "A-Za-z0-9_.-, 64", "0-9a-f, 3"})
  void isWhatTheRegularExpressionSays(String letters, int max) {
    IdForm form = new IdForm(letters, max);
    Pattern same = Pattern.compile(form.toString());
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      int length = random.nextInt(max + 3);
      StringBuilder id = new StringBuilder();
      for (int at = 0; at < length; at++) {
        id.append(
            random.nextInt(8) > 0
                ? (char) (' ' + random.nextInt(96))
                : LETTERS.charAt(random.nextInt(LETTERS.length())));
      }
      for (String each : new String[] {id.toString(), id.toString().replaceAll("[^0-9a-z]", "")}) {
        assertEquals(same.matcher(each).matches(), form.matches(each), each);
      }
    }
  }
}
