package io.fengda.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fengda.conversation.model.AttemptId;
import io.fengda.conversation.model.ConversationId;
import io.fengda.conversation.model.Query;
import io.fengda.conversation.model.Said;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.ContextMessage;
import io.fengda.proto.nlp.v1.Kind;
import io.fengda.proto.nlp.v1.Role;
import io.fengda.tenant.Language;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.TenantSettings;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is sent to a vendor is what its contract says, though part of it is not decoded here. */
class VendorCodecTest {
  private static final Tenant BANK = bank();
  private final VendorCodec codec = new VendorCodec(1_000, 1);

  @Test
  void aQueryWithWhatWasSaidBefore() throws Exception {
    AnswerRequest read =
        sent(Said.of(Said.Speaker.CUSTOMER, "你好"), Said.of(Said.Speaker.BOT, "您好，请问有什么可以帮您？"));

    assertEquals(
        bare(read.getConversationRef())
            .addContext(said(Role.ROLE_CUSTOMER, "你好"))
            .addContext(said(Role.ROLE_BOT, "您好，请问有什么可以帮您？"))
            .build(),
        read);
  }

  @Test
  void aQueryBeforeWhichNothingWasSaid() throws Exception {
    AnswerRequest read = sent();

    assertEquals(bare(read.getConversationRef()).build(), read);
  }

  private AnswerRequest sent(ByteString... context) throws Exception {
    Query query =
        new Query(
            ConversationId.of("bank", "li.ming", "main"),
            new AttemptId("attempt-1"),
            List.of(new Query.Question(3, "怎么退款？"), new Query.Question(4, "?")),
            List.of(context),
            Language.ZH,
            Instant.ofEpochMilli(1_772_960_000_000L),
            "");
    return AnswerRequest.parseFrom(codec.write(query, BANK).toByteArray());
  }

  private static AnswerRequest.Builder bare(String conversation) {
    return AnswerRequest.newBuilder()
        .setTenantId("bank")
        .setConversationRef(conversation)
        .setAttemptId("attempt-1")
        .addQuestions("怎么退款？")
        .addQuestions("?")
        .setLanguage("zh")
        .setDeadlineEpochMillis(1_772_960_000_000L)
        .setKind(Kind.KIND_TEXT);
  }

  private static ContextMessage said(Role role, String text) {
    return ContextMessage.newBuilder().setRole(role).setText(text).build();
  }

  private static Tenant bank() {
    Config config =
        ConfigFactory.parseString(
                """
                fengda.tenants.bank {
                  token-secret = "bank-token-secret-of-32-bytes-or-more---"
                  secret-keys = [], publishable-keys = []
                }
                """)
            .withFallback(ConfigFactory.parseResourcesAnySyntax("tenants"))
            .withFallback(ConfigFactory.parseResourcesAnySyntax("tls"))
            .resolve();
    return TenantSettings.from(config).find(new TenantId("bank")).orElseThrow();
  }
}
