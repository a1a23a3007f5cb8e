package io.fengda.identity;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a token may be used for: a name in its claim {@code scope} (RFC 8693, 4.2). */
public enum Scope {
  /** The conversations of one customer. */
  CHAT,
  /** The settings and the knowledge of one tenant. */
  ADMIN,
  /** The platform: all tenants, and no customer. */
  OPS;

  public String claim() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Those of a claim; names that mean nothing to Fengda are passed over. */
  static Set<Scope> of(String claim) {
    List<String> names = Arrays.asList(claim.split(" ", -1));
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (Scope scope : values()) {
      if (names.contains(scope.claim())) {
        scopes.add(scope);
      }
    }
    return scopes;
  }
}
