package io.fengda.administration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Secrets that the database alone does not tell. */
class VaultTest {
  private static final String OLD = "the-platform-key-of-last-year-32-bytes";
  private static final String NEW = "the-platform-key-of-this-year-32-bytes";

  @Test
  void opensWhatItSealedAndWhatThePlatformKeyBeforeSealed() {
    String sealed = Vault.of(List.of(OLD)).seal("the secret");

    assertFalse(sealed.contains("secret"));
    assertEquals(
        Optional.of(new Vault.Opened("the secret", true)), Vault.of(List.of(OLD)).open(sealed));
    assertEquals(
        Optional.of(new Vault.Opened("the secret", false)),
        Vault.of(List.of(NEW, OLD)).open(sealed));
  }

  @Test
  void opensNothingThatAnotherKeySealedOrSomebodyChanged() {
    String sealed = Vault.of(List.of(OLD)).seal("the secret");
    String changed = sealed.substring(0, sealed.length() - 2) + "AA";

    assertEquals(Optional.empty(), Vault.of(List.of(NEW)).open(sealed));
    assertEquals(Optional.empty(), Vault.of(List.of()).open(sealed));
    assertEquals(Optional.empty(), Vault.of(List.of(OLD)).open(changed));
    assertEquals(Optional.empty(), Vault.of(List.of(OLD)).open("no JWE"));
  }
}
