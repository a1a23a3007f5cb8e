package io.fengda.answerer;

import io.fengda.knowledge.KnowledgeEntry;
import io.fengda.tenant.Language;
import java.util.List;

/** A small knowledge of a bank, in Chinese and English, and the builders of its entries. */
final class Entries {
  static final KnowledgeEntry CARD_LOST =
      chinese("card-lost", "银行卡丢了怎么办？", "请立即拨打客服热线挂失银行卡。", "卡不见了", "我要挂失");
  static final KnowledgeEntry BALANCE =
      chinese("balance", "怎么查余额", "打开手机银行首页即可看到账户余额。", "账户里还有多少钱");
  static final KnowledgeEntry TRANSFER_LIMIT =
      chinese("transfer-limit", "转账限额是多少", "每天最多可以转账五万元。", "一天能转多少钱");
  static final KnowledgeEntry LOST_CARD =
      english(
          "lost-card", "I lost my bank card", "Call the hotline to block it. 📞", "card is gone");
  static final KnowledgeEntry FEES =
      english("fees", "What does a transfer cost?", "Transfers are free.", "transfer fee");
  static final List<KnowledgeEntry> ALL =
      List.of(CARD_LOST, BALANCE, TRANSFER_LIMIT, LOST_CARD, FEES);

  private Entries() {}

  static KnowledgeEntry chinese(String id, String question, String answer, String... alternatives) {
    return entry(id, Language.ZH, question, answer, alternatives);
  }

  static KnowledgeEntry english(String id, String question, String answer, String... alternatives) {
    return entry(id, Language.EN, question, answer, alternatives);
  }

  private static KnowledgeEntry entry(
      String id, Language language, String question, String answer, String... alternatives) {
    return new KnowledgeEntry(
        id, language, question, List.of(alternatives), answer, "manual/" + id);
  }
}
