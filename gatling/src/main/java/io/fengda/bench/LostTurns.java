package io.fengda.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Reads the histories after a load: every message that was accepted is there once and its turn has
 * ended once.
 */
final class LostTurns {
  private static final int PAGE = 200;
  private static final Duration QUOTA_PAUSE = Duration.ofMillis(50);

  private final Engine engine;
  private final Map<String, Tenant> tenants;
  private final ObjectMapper json = new ObjectMapper();

  LostTurns(Engine engine, List<Tenant> tenants) {
    this.engine = engine;
    this.tenants = tenants.stream().collect(Collectors.toMap(Tenant::id, tenant -> tenant));
  }

  private record Customer(String tenant, String name) {}

  /** Messages that were lost, doubled, not ended or ended twice. */
  int count(Turns turns) {
    Map<Customer, Set<String>> accepted = new HashMap<>();
    for (Turn turn : turns.all()) {
      // An error may have been accepted too: its turn has to have ended.
      if (turn.outcome() != Outcome.QUOTA && turn.outcome() != Outcome.OVERLOAD) {
        Set<String> ids =
            accepted.computeIfAbsent(
                new Customer(turn.tenant(), turn.customer()), customer -> new HashSet<>());
        if (turn.outcome() != Outcome.ERROR) {
          ids.add(turn.messageId());
        }
      }
    }
    return accepted.entrySet().stream().mapToInt(one -> lost(one.getKey(), one.getValue())).sum();
  }

  private int lost(Customer customer, Set<String> accepted) {
    Tenant tenant = tenants.get(customer.tenant());
    String token = tenant.token(customer.name());
    Map<String, Integer> seen = new HashMap<>();
    Map<Long, Integer> replies = new HashMap<>();
    int lost = 0;
    Map<String, Long> seqs = new HashMap<>();
    long after = 0;
    boolean hasMore = true;
    while (hasMore) {
      JsonNode page = page(after, token);
      if (page.get("messages") == null) {
        break;
      }
      for (JsonNode message : page.get("messages")) {
        if (message.get("role").asText().equals("customer")) {
          seen.merge(message.get("messageId").asText(), 1, Integer::sum);
          seqs.put(message.get("messageId").asText(), message.get("seq").asLong());
          lost += message.get("outcome").asText().equals("open") ? 1 : 0;
        } else {
          for (JsonNode seq : message.get("covers")) {
            replies.merge(seq.asLong(), 1, Integer::sum);
          }
        }
      }
      after = page.get("nextAfter").asLong();
      hasMore = page.get("hasMore").asBoolean();
    }
    for (String id : accepted) {
      boolean once = seen.getOrDefault(id, 0) == 1;
      lost += once && replies.getOrDefault(seqs.get(id), 0) == 1 ? 0 : 1;
    }
    return lost;
  }

  /** Reading counts against the tenant's quota like anything else. */
  private JsonNode page(long after, String token) {
    String path = "/v1/conversations/main/messages?limit=%d&after=%d".formatted(PAGE, after);
    try {
      HttpResponse<String> page = engine.get(path, token);
      while (page.statusCode() == 429) {
        LockSupport.parkNanos(QUOTA_PAUSE.toNanos());
        page = engine.get(path, token);
      }
      return json.readTree(page.body());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
