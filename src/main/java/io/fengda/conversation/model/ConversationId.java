package io.fengda.conversation.model;

import io.fengda.tenant.IdForm;
import io.fengda.tenant.TenantId;

/**
 * Which conversation: the tenant's, the customer's, and its name among the customer's own.
 *
 * <p>A token names tenant and customer, so nobody can name another's conversation: a foreign one
 * and one that does not exist are the same thing.
 *
 * @param name {@code [A-Za-z0-9_.-]{1,64}}; every customer has {@link #MAIN}
 */
public record ConversationId(TenantId tenant, CustomerId customer, String name) {
  /** The conversation that every customer has. */
  public static final String MAIN = "main";

  private static final IdForm NAME = new IdForm("A-Za-z0-9_.-", 64);

  public ConversationId {
    if (!isValidName(name)) {
      throw new IllegalArgumentException("conversation name not of the form " + NAME + ": " + name);
    }
  }

  public static ConversationId of(String tenant, String customer, String name) {
    return new ConversationId(new TenantId(tenant), new CustomerId(customer), name);
  }

  /** Reads {@link #entityId()} back. */
  public static ConversationId parse(String entityId) {
    String[] parts = entityId.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("entity id not tenant:customer:conversation: " + entityId);
    }
    // A node has a million of them, of few tenants.
    return of(parts[0].intern(), parts[1], parts[2].equals(MAIN) ? MAIN : parts[2]);
  }

  public static boolean isValidName(String name) {
    return NAME.matches(name);
  }

  /** {@code tenant:customer:conversation}; unambiguous, for no part can hold a colon. */
  public String entityId() {
    return tenant.value() + ':' + customer.value() + ':' + name;
  }

  /** {@code customer:conversation}, where the tenant is said beside it. */
  public String inTenant() {
    return customer.value() + ':' + name;
  }

  @Override
  public String toString() {
    return entityId();
  }
}
