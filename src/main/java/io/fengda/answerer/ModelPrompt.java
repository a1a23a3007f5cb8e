package io.fengda.answerer;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.proto.nlp.v1.AnswerRequest;
import io.fengda.proto.nlp.v1.ContextMessage;
import io.fengda.proto.nlp.v1.Role;
import io.fengda.tenant.Language;
import java.util.ArrayList;
import java.util.List;

/** What a language model is told: who it is, what the tenant knows, what was said, the question. */
final class ModelPrompt {
  /** What the model says when the passages do not answer the question. */
  static final String NO_ANSWER = "NO_ANSWER";

  /** The newest of what was said before. */
  private static final int CONTEXT_MAX = 20;

  private ModelPrompt() {}

  static List<ChatMessage> of(
      String prompt, Language language, List<KnowledgeEntry> passages, AnswerRequest request) {
    List<ChatMessage> messages = new ArrayList<>();
    messages.add(SystemMessage.from(system(prompt, language, passages)));
    int said = request.getContextCount();
    request.getContextList().subList(Math.max(0, said - CONTEXT_MAX), said).stream()
        .filter(message -> !message.getText().isBlank())
        .map(ModelPrompt::before)
        .forEach(messages::add);
    messages.add(UserMessage.from(String.join("\n", request.getQuestionsList())));
    return messages;
  }

  private static ChatMessage before(ContextMessage said) {
    return said.getRole() == Role.ROLE_CUSTOMER
        ? UserMessage.from(said.getText())
        : AiMessage.from(said.getText());
  }

  private static String system(String prompt, Language language, List<KnowledgeEntry> passages) {
    StringBuilder text = new StringBuilder(prompt.strip());
    text.append(
        switch (language) {
          case ZH ->
              """


              请用中文回答，并且只依据下面编号的资料，不要添加资料里没有的内容。每一句依据资料的话后面注明编号，例如 [1]。
              如果资料回答不了这个问题，只输出 %s，不要输出其他任何内容。

              资料：
              """
                  .formatted(NO_ANSWER);
          case EN ->
              """


              Answer in English, from the numbered passages below and nothing else. After each sentence that \
              rests on a passage, give its number, as in [1].
              If the passages do not answer the question, say %s and nothing else.

              Passages:
              """
                  .formatted(NO_ANSWER);
        });
    for (int i = 0; i < passages.size(); i++) {
      KnowledgeEntry entry = passages.get(i);
      text.append("[%d] %s\n%s\n\n".formatted(i + 1, entry.question(), entry.answer()));
    }
    return text.toString();
  }
}
