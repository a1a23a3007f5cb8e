package io.fengda.tenant;

/** A company using the engine. {@code [a-z0-9-]{1,32}}. */
public record TenantId(String value) {
  private static final IdForm GRAMMAR = new IdForm("a-z0-9-", 32);

  public TenantId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("tenant id not of the form " + GRAMMAR + ": " + value);
    }
  }

  public static TenantId of(String value) {
    return new TenantId(value);
  }

  public static boolean isValid(String value) {
    return GRAMMAR.matches(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
