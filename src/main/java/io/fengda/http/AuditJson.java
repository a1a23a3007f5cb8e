package io.fengda.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.administration.RegistryEvent;
import io.fengda.administration.SettingChange;
import io.fengda.administration.TenantRows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the audit looks like: who did what and when, with before and after; no secret is in it. */
final class AuditJson {
  private AuditJson() {}

  static ObjectNode of(TenantRows.Row audited) {
    RegistryEvent event = audited.event();
    ObjectNode json =
        Json.object()
            .put("number", audited.number())
            .put("at", event.at().toString())
            .put("by", event.by());
    switch (event) {
      case RegistryEvent.TenantCreated created -> {
        json.put("what", "tenant-created");
        ObjectNode settings = json.putObject("settings");
        created.settings().forEach((name, value) -> settings.set(name, Json.read(value)));
        ArrayNode keys = json.putArray("keys");
        created.keys().forEach(key -> keys.add(key.id()));
      }
      case RegistryEvent.SettingsChanged changed ->
          changes(json.put("what", "settings-changed"), changed.changes());
      case RegistryEvent.KeyAdded added ->
          json.put("what", "key-added").put("key", added.key().id());
      case RegistryEvent.KeySealed sealed ->
          json.put("what", "key-sealed").put("key", sealed.keyId());
      case RegistryEvent.KeyRemoved removed ->
          json.put("what", "key-removed").put("key", removed.keyId());
      case RegistryEvent.KnowledgeChanged changed ->
          json.put("what", "knowledge-changed").put("entries", changed.entries());
      case RegistryEvent.TenantSuspended suspended -> json.put("what", "tenant-suspended");
      case RegistryEvent.TenantResumed resumed -> json.put("what", "tenant-resumed");
      case RegistryEvent.TenantDeleted deleted -> json.put("what", "tenant-deleted");
      case RegistryEvent.TenantErased erased -> json.put("what", "tenant-erased");
    }
    return json;
  }

  private static void changes(ObjectNode json, List<SettingChange> changes) {
    ArrayNode array = json.putArray("changes");
    for (SettingChange change : changes) {
      ObjectNode one = array.addObject().put("setting", change.name());
      one.set("before", value(change.before()));
      one.set("after", value(change.after()));
    }
  }

  private static JsonNode value(@Nullable String json) {
    return json == null ? NullNode.getInstance() : Json.read(json);
  }
}
