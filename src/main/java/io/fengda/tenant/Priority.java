package io.fengda.tenant;

/** Who is refused last when not all can be answered in time. */
public enum Priority {
  HIGH(1),
  NORMAL(0.9),
  LOW(0.75);

  private final double share;

  Priority(double share) {
    this.share = share;
  }

  /** How much of a limit tenants of this priority may fill; the rest is for higher ones. */
  public int of(int limit) {
    return Math.max(1, (int) Math.ceil(limit * share));
  }
}
