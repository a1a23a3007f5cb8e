package io.fengda.administration;

import io.fengda.administration.RegistryEvent.KeyAdded;
import io.fengda.administration.RegistryEvent.KeyRemoved;
import io.fengda.administration.RegistryEvent.KeySealed;
import io.fengda.administration.RegistryEvent.KnowledgeChanged;
import io.fengda.administration.RegistryEvent.SettingsChanged;
import io.fengda.administration.RegistryEvent.TenantCreated;
import io.fengda.administration.RegistryEvent.TenantDeleted;
import io.fengda.administration.RegistryEvent.TenantErased;
import io.fengda.administration.RegistryEvent.TenantResumed;
import io.fengda.administration.RegistryEvent.TenantSuspended;
import io.fengda.tenant.InvalidSettingException;
import io.fengda.tenant.TenantId;
import io.fengda.tenant.TenantKeys;
import io.fengda.tenant.TenantSettings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * All tenants, and the rules of how they change. One writer for all makes their ids unique and
 * their changes a sequence. An id is used once: what another tenant left in a node's memory, in a
 * backup or in a vendor's books is never a new tenant's. Immutable.
 *
 * @param version of the last change of any tenant
 * @param erasing deleted tenants that are being erased
 * @param gone ids of those that are erased
 */
public record Registry(
    long version, Map<String, AdministeredTenant> tenants, Set<String> erasing, Set<String> gone)
    implements AdministrationMessage {
  private static final int TENANTS_MAX = 10_000;

  /** Of all own settings of a tenant, written out; see {@link TenantRegistry#since}. */
  private static final int SETTINGS_LENGTH_MAX = 12_000;

  /** The one that counts, and one that is to come or to go. */
  private static final int KEYS_OF_A_KIND_MAX = 2;

  public Registry {
    tenants = Map.copyOf(tenants);
    erasing = Set.copyOf(erasing);
    gone = Set.copyOf(gone);
  }

  static Registry empty() {
    return new Registry(0, Map.of(), Set.of(), Set.of());
  }

  /** What a change comes to. */
  sealed interface Decision {
    record Happens(RegistryEvent event) implements Decision {}

    /** Everything is as it is to be. */
    record Nothing() implements Decision {}

    /**
     * It may not be.
     *
     * @param setting the one that is wrong; empty if none is
     */
    record Refused(Refusal refusal, String setting, String detail) implements Decision {}
  }

  /**
   * What becomes of a change.
   *
   * @param by who asks for it
   * @param bounds of the settings
   */
  Decision decide(String id, Change change, String by, Instant now, TenantSettings bounds) {
    return switch (change) {
      case Change.Create create -> create(id, create, by, now, bounds);
      case Change.Configure configure ->
          isTaken(id)
              ? new Decision.Nothing()
              : created(new TenantCreated(id, Map.of(), List.of(), true, by, now));
      case Change.Erased erased ->
          erasing.contains(id)
              ? new Decision.Happens(new TenantErased(id, by, now))
              : new Decision.Nothing();
      case Change.OfTenant ofTenant -> {
        AdministeredTenant tenant = tenants.get(id);
        yield tenant == null
            ? refused(Refusal.NO_SUCH_TENANT, "there is no tenant " + id)
            : decide(tenant, ofTenant, by, now, bounds);
      }
    };
  }

  private boolean isTaken(String id) {
    return tenants.containsKey(id) || erasing.contains(id) || gone.contains(id);
  }

  private Decision create(
      String id, Change.Create create, String by, Instant now, TenantSettings bounds) {
    if (isTaken(id)) {
      return refused(
          Refusal.ID_TAKEN, "there is or was a tenant %s: an id is used once".formatted(id));
    }
    Decision checked = checked(id, create.settings(), false, bounds);
    return checked instanceof Decision.Refused
        ? checked
        : created(new TenantCreated(id, create.settings(), create.keys(), false, by, now));
  }

  private Decision created(TenantCreated event) {
    return tenants.size() >= TENANTS_MAX
        ? refused(Refusal.TOO_MANY_TENANTS, "there are %d tenants".formatted(TENANTS_MAX))
        : new Decision.Happens(event);
  }

  private static Decision decide(
      AdministeredTenant tenant,
      Change.OfTenant change,
      String by,
      Instant now,
      TenantSettings bounds) {
    String id = tenant.id();
    return switch (change) {
      case Change.Patch patch -> patch(tenant, patch, by, now, bounds);
      case Change.AddKey(TenantKey key) ->
          tenant.count(key.kind()) >= KEYS_OF_A_KIND_MAX
              ? refused(
                  Refusal.TOO_MANY_KEYS,
                  "there are %d keys of this kind: remove one".formatted(KEYS_OF_A_KIND_MAX))
              : new Decision.Happens(new KeyAdded(id, key, by, now));
      case Change.SealKey(String keyId, String before, String after) ->
          tenant.keys().stream()
                  .anyMatch(key -> key.id().equals(keyId) && key.kept().equals(before))
              ? new Decision.Happens(new KeySealed(id, keyId, after, by, now))
              : new Decision.Nothing();
      case Change.RemoveKey(String keyId) -> removeKey(tenant, keyId, by, now, bounds);
      case Change.Suspend suspend ->
          tenant.suspended()
              ? new Decision.Nothing()
              : new Decision.Happens(new TenantSuspended(id, by, now));
      case Change.Resume resume ->
          tenant.suspended()
              ? new Decision.Happens(new TenantResumed(id, by, now))
              : new Decision.Nothing();
      case Change.KnowledgeAt(long known, int entries) ->
          tenant.knowledge() >= known
              ? new Decision.Nothing()
              : new Decision.Happens(new KnowledgeChanged(id, known, entries, by, now));
      case Change.Delete delete -> new Decision.Happens(new TenantDeleted(id, by, now));
    };
  }

  private static Decision removeKey(
      AdministeredTenant tenant, String keyId, String by, Instant now, TenantSettings bounds) {
    for (TenantKey key : tenant.keys()) {
      if (key.id().equals(keyId)) {
        boolean isLast =
            key.kind() == TenantKey.Kind.TOKEN
                && tenant.count(TenantKey.Kind.TOKEN) == 1
                && (!tenant.configured()
                    || bounds.configuredKeys(tenant.tenantId()).tokenSecrets().isEmpty());
        return isLast
            ? refused(Refusal.LAST_KEY, "it is the only one that signs tokens: make another first")
            : new Decision.Happens(new KeyRemoved(tenant.id(), keyId, key.kind(), by, now));
      }
    }
    return refused(Refusal.NO_SUCH_KEY, "the tenant has no key " + keyId);
  }

  private static Decision patch(
      AdministeredTenant tenant,
      Change.Patch patch,
      String by,
      Instant now,
      TenantSettings bounds) {
    if (patch.ifVersion() != 0 && patch.ifVersion() != tenant.edited()) {
      return refused(
          Refusal.CHANGED_MEANWHILE,
          "the tenant's version is %d and not %d".formatted(tenant.edited(), patch.ifVersion()));
    }
    List<SettingChange> changes =
        OwnSettings.changes(tenant.settings(), OwnSettings.readTree(patch.json()));
    if (changes.isEmpty()) {
      return new Decision.Nothing();
    }
    Decision checked =
        checked(tenant.id(), tenant.with(changes).settings(), tenant.configured(), bounds);
    return checked instanceof Decision.Refused
        ? checked
        : new Decision.Happens(new SettingsChanged(tenant.id(), changes, by, now));
  }

  /** Nothing, if the settings are within their bounds. */
  private static Decision checked(
      String id, Map<String, String> settings, boolean configured, TenantSettings bounds) {
    if (settings.toString().length() > SETTINGS_LENGTH_MAX) {
      return refused(
          Refusal.SETTINGS_TOO_LARGE,
          "all settings together have more than %d characters".formatted(SETTINGS_LENGTH_MAX));
    }
    try {
      var unused =
          bounds.read(
              TenantId.of(id), OwnSettings.tree(settings), configured, TenantKeys.NONE, false);
      return new Decision.Nothing();
    } catch (InvalidSettingException e) {
      return new Decision.Refused(Refusal.INVALID_SETTING, e.key(), e.reason());
    } catch (IllegalArgumentException e) {
      return refused(Refusal.INVALID_SETTING, String.valueOf(e.getMessage()));
    }
  }

  private static Decision refused(Refusal refusal, String detail) {
    return new Decision.Refused(refusal, "", detail);
  }

  Registry after(RegistryEvent event) {
    String id = event.tenant();
    return switch (event) {
      case TenantCreated created ->
          with(
              new AdministeredTenant(
                  id, 0, 0, created.settings(), created.keys(), false, created.configured(), 0));
      case SettingsChanged changed -> changed(id, tenant -> tenant.with(changed.changes()));
      case KeyAdded added -> changed(id, tenant -> tenant.with(added.key()));
      case KeySealed sealed -> changed(id, tenant -> tenant.sealed(sealed.keyId(), sealed.kept()));
      case KeyRemoved removed -> changed(id, tenant -> tenant.withoutKey(removed.keyId()));
      case KnowledgeChanged known -> put(existing(id).knowing(known.version(), version + 1));
      case TenantSuspended suspended -> changed(id, tenant -> tenant.suspended(true));
      case TenantResumed resumed -> changed(id, tenant -> tenant.suspended(false));
      case TenantDeleted deleted -> {
        Map<String, AdministeredTenant> rest = new TreeMap<>(tenants);
        rest.remove(id);
        yield new Registry(version + 1, rest, with(erasing, id), gone);
      }
      case TenantErased erased -> {
        Set<String> rest = new TreeSet<>(erasing);
        rest.remove(id);
        yield new Registry(version + 1, tenants, rest, with(gone, id));
      }
    };
  }

  private static Set<String> with(Set<String> ids, String id) {
    Set<String> more = new TreeSet<>(ids);
    more.add(id);
    return more;
  }

  private Registry changed(String id, UnaryOperator<AdministeredTenant> change) {
    return with(change.apply(existing(id)));
  }

  private AdministeredTenant existing(String id) {
    AdministeredTenant tenant = tenants.get(id);
    if (tenant == null) {
      throw new IllegalStateException("an event of the tenant %s that there is not".formatted(id));
    }
    return tenant;
  }

  private Registry with(AdministeredTenant tenant) {
    return put(tenant.editedAt(version + 1));
  }

  private Registry put(AdministeredTenant tenant) {
    Map<String, AdministeredTenant> all = new TreeMap<>(tenants);
    all.put(tenant.id(), tenant);
    return new Registry(version + 1, all, erasing, gone);
  }
}
