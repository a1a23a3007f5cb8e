package io.fengda.administration;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What happened to a tenant, by whom and when: the journal of the registry, which is its audit too.
 * The classes' names are in the journal's rows and never change. No event has a secret that could
 * be read.
 */
public sealed interface RegistryEvent extends AdministrationMessage {
  String tenant();

  /** The scope and the {@code sub} of who did it, {@code configuration} or {@code engine}. */
  String by();

  Instant at();

  /**
   * There is a tenant.
   *
   * @param configured whether the configuration asked for it
   */
  record TenantCreated(
      String tenant,
      Map<String, String> settings,
      List<TenantKey> keys,
      boolean configured,
      String by,
      Instant at)
      implements RegistryEvent {}

  record SettingsChanged(String tenant, List<SettingChange> changes, String by, Instant at)
      implements RegistryEvent {}

  record KeyAdded(String tenant, TenantKey key, String by, Instant at) implements RegistryEvent {}

  /** The key is the same, and sealed by another key of the platform's. */
  record KeySealed(String tenant, String keyId, String kept, String by, Instant at)
      implements RegistryEvent {}

  record KeyRemoved(String tenant, String keyId, TenantKey.Kind kind, String by, Instant at)
      implements RegistryEvent {}

  record KnowledgeChanged(String tenant, long version, int entries, String by, Instant at)
      implements RegistryEvent {}

  record TenantSuspended(String tenant, String by, Instant at) implements RegistryEvent {}

  record TenantResumed(String tenant, String by, Instant at) implements RegistryEvent {}

  /** There is no such tenant any more, and never will be; its conversations are erased. */
  record TenantDeleted(String tenant, String by, Instant at) implements RegistryEvent {}

  /** Nothing of a deleted tenant is left. */
  record TenantErased(String tenant, String by, Instant at) implements RegistryEvent {}
}
