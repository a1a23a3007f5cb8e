package io.fengda.tenant;

/** A tenant's setting is not what it may be; the message is one line that names it. */
public final class InvalidSettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final String reason;

  InvalidSettingException(TenantId tenant, String key, String reason) {
    super("fengda.tenants.%s.%s: %s".formatted(tenant, key, reason));
    this.key = key;
    this.reason = reason;
  }

  /** The setting as the configuration calls it, such as {@code branding.color}. */
  public String key() {
    return key;
  }

  /** What is wrong with it. */
  public String reason() {
    return reason;
  }
}
