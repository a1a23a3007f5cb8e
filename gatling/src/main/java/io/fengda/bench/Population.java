package io.fengda.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * Customers of some tenants who send turns in an open loop: at a rate, whatever comes back. Nine of
 * ten turns are of customers that the engine knows.
 *
 * @param customers of each tenant that are known
 * @param phases one after the other
 * @param texts what they say, in turn, as JSON strings
 */
record Population(
    String name, List<Tenant> tenants, int customers, List<Phase> phases, List<String> texts) {
  /** The known customers' names begin with it and end with a number from 0 on. */
  static final String KNOWN = "known-";

  private static final int NEW_ONE_IN = 10;

  /** Who say what customers of the public dialogues do. */
  Population(String name, List<Tenant> tenants, int customers, List<Phase> phases) {
    this(name, tenants, customers, phases, Dialogues.texts());
  }

  /** One tenant's, at one rate. */
  static Population of(Tenant tenant, int customers, double rate, int seconds) {
    return new Population(
        tenant.id(), List.of(tenant), customers, List.of(new Phase(rate, seconds)));
  }

  /** The same who say something else. */
  Population saying(List<String> other) {
    return new Population(name, tenants, customers, phases, other);
  }

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
    Map<String, Customer> known = new HashMap<>();
    List<Customer> senders = new ArrayList<>();
    double turns = phases.stream().mapToDouble(phase -> phase.rate() * phase.seconds()).sum();
    for (int i = 0; i < turns + 100; i++) {
      Tenant tenant = tenants.get(random.nextInt(tenants.size()));
      if (random.nextInt(NEW_ONE_IN) == 0) {
        senders.add(Customer.of(tenant, "new-" + UUID.randomUUID()));
      } else {
        String name = KNOWN + random.nextInt(customers);
        senders.add(
            known.computeIfAbsent(tenant.id() + ":" + name, key -> Customer.of(tenant, name)));
      }
    }
    return senders;
  }

  String text(long number) {
    return texts.get((int) (number % texts.size()));
  }
}
