package io.fengda.administration;

import io.fengda.tenant.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A tenant as its administrators made it.
 *
 * @param version of the registry when it changed last
 * @param edited the same, but for changes of what it knows
 * @param settings its own, see {@link OwnSettings}
 * @param keys those made here; the configuration's are not kept
 * @param suspended whether nobody may call for it
 * @param configured whether it came from the configuration, whose settings and keys are below its
 *     own
 * @param knowledge the version of what it knows; 0 where that is not kept here
 */
public record AdministeredTenant(
    String id,
    long version,
    long edited,
    Map<String, String> settings,
    List<TenantKey> keys,
    boolean suspended,
    boolean configured,
    long knowledge) {
  public AdministeredTenant {
    settings = Map.copyOf(settings);
    keys = List.copyOf(keys);
  }

  TenantId tenantId() {
    return new TenantId(id);
  }

  AdministeredTenant editedAt(long newVersion) {
    return new AdministeredTenant(
        id, newVersion, newVersion, settings, keys, suspended, configured, knowledge);
  }

  AdministeredTenant with(List<SettingChange> changes) {
    Map<String, String> changed = new TreeMap<>(settings);
    for (SettingChange change : changes) {
      String after = change.after();
      if (after == null) {
        changed.remove(change.name());
      } else {
        changed.put(change.name(), after);
      }
    }
    return new AdministeredTenant(
        id, version, edited, changed, keys, suspended, configured, knowledge);
  }

  AdministeredTenant with(TenantKey key) {
    List<TenantKey> more = new ArrayList<>(keys);
    more.add(key);
    return withKeys(more);
  }

  AdministeredTenant withoutKey(String keyId) {
    return withKeys(keys.stream().filter(key -> !key.id().equals(keyId)).toList());
  }

  AdministeredTenant sealed(String keyId, String kept) {
    return withKeys(
        keys.stream().map(key -> key.id().equals(keyId) ? key.keptAs(kept) : key).toList());
  }

  private AdministeredTenant withKeys(List<TenantKey> newKeys) {
    return new AdministeredTenant(
        id, version, edited, settings, newKeys, suspended, configured, knowledge);
  }

  AdministeredTenant suspended(boolean isSuspended) {
    return new AdministeredTenant(
        id, version, edited, settings, keys, isSuspended, configured, knowledge);
  }

  AdministeredTenant knowing(long newKnowledge, long newVersion) {
    return new AdministeredTenant(
        id, newVersion, edited, settings, keys, suspended, configured, newKnowledge);
  }

  /** Those of a kind. */
  long count(TenantKey.Kind kind) {
    return keys.stream().filter(key -> key.kind() == kind).count();
  }
}
