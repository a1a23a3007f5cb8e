package io.fengda.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Customers of some tenants who send turns in an open loop: at a rate, whatever comes back. Nine of
 * ten turns are of customers that the engine knows.
 *
 * @param phases one after the other
 */
record Population(String name, List<Tenant> tenants, int customers, List<Phase> phases) {
  private static final int NEW_ONE_IN = 10;

  /** A rate in turns a second, for a time in seconds. */
  record Phase(double rate, int seconds) {}

  /** A customer with a token. */
  record Customer(Tenant tenant, String name, String token) {
    static Customer of(Tenant tenant, String name) {
      return new Customer(tenant, name, tenant.token(name));
    }
  }

  int seconds() {
    return phases.stream().mapToInt(Phase::seconds).sum();
  }

  /** When the turn of this number is due, in nanoseconds from the start. */
  long dueNanos(long number) {
    double from = 0;
    double before = number;
    for (Phase phase : phases) {
      double turns = phase.rate() * phase.seconds();
      if (before < turns) {
        return (long) ((from + before / phase.rate()) * 1e9);
      }
      before -= turns;
      from += phase.seconds();
    }
    return (long) (from * 1e9);
  }

  /** Customers for as many turns as there will be, tokens made in advance. */
  List<Customer> senders(Random random) {
    List<Customer> known = new ArrayList<>();
    for (Tenant tenant : tenants) {
      for (int i = 0; i < customers; i++) {
        known.add(Customer.of(tenant, "known-" + i));
      }
    }
    List<Customer> senders = new ArrayList<>();
    double turns = phases.stream().mapToDouble(phase -> phase.rate() * phase.seconds()).sum();
    for (int i = 0; i < turns + 100; i++) {
      Tenant tenant = tenants.get(random.nextInt(tenants.size()));
      senders.add(
          random.nextInt(NEW_ONE_IN) == 0
              ? Customer.of(tenant, "new-" + UUID.randomUUID())
              : known.get(random.nextInt(known.size())));
    }
    return senders;
  }
}
