package io.fengda.vendor;

import com.typesafe.config.Config;
import io.fengda.tls.TlsSettings;

/**
 * Reads {@code fengda.vendor}.
 *
 * @param answerBytesMax UTF-8 bytes that an answer may have; a longer one breaks the contract
 * @param citationsMax citations that an answer may have; more break the contract
 * @param guard what stands between a tenant and a vendor
 * @param tls who we are to vendors that ask, and whom we trust
 */
public record VendorSettings(
    int answerBytesMax, int citationsMax, GuardSettings guard, TlsSettings tls) {
  public VendorSettings {
    if (answerBytesMax < 1 || citationsMax < 0) {
      throw new IllegalArgumentException(
          "fengda.vendor: answer-bytes-max %d, citations-max %d"
              .formatted(answerBytesMax, citationsMax));
    }
  }

  public static VendorSettings from(Config root) {
    Config config = root.getConfig("fengda.vendor");
    return new VendorSettings(
        Math.toIntExact(config.getBytes("answer-bytes-max")),
        config.getInt("citations-max"),
        GuardSettings.from(root),
        TlsSettings.from(root, "fengda.vendor.tls"));
  }
}
