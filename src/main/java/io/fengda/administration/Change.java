package io.fengda.administration;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;

/** What is to become of a tenant. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Change.Create.class, name = "create"),
  @JsonSubTypes.Type(value = Change.Configure.class, name = "configure"),
  @JsonSubTypes.Type(value = Change.Erased.class, name = "erased"),
  @JsonSubTypes.Type(value = Change.Patch.class, name = "patch"),
  @JsonSubTypes.Type(value = Change.AddKey.class, name = "add-key"),
  @JsonSubTypes.Type(value = Change.SealKey.class, name = "seal-key"),
  @JsonSubTypes.Type(value = Change.RemoveKey.class, name = "remove-key"),
  @JsonSubTypes.Type(value = Change.Suspend.class, name = "suspend"),
  @JsonSubTypes.Type(value = Change.Resume.class, name = "resume"),
  @JsonSubTypes.Type(value = Change.KnowledgeAt.class, name = "knowledge-at"),
  @JsonSubTypes.Type(value = Change.Delete.class, name = "delete")
})
public sealed interface Change {
  /** There is to be a tenant. */
  record Create(Map<String, String> settings, List<TenantKey> keys) implements Change {}

  /** The configuration has such a tenant. */
  record Configure() implements Change {}

  /** Nothing of a deleted tenant is left. */
  record Erased() implements Change {}

  /** Of a tenant that there is. */
  sealed interface OfTenant extends Change {}

  /**
   * A merge patch of the tenant's own settings (RFC 7396).
   *
   * @param json an object
   * @param ifVersion refused unless this is the tenant's version; 0: any
   */
  record Patch(String json, long ifVersion) implements OfTenant {
    /** Of a tree of maps, lists, texts, numbers and switches. */
    public static Patch of(Map<String, ?> tree, long ifVersion) {
      return new Patch(OwnSettings.write(tree), ifVersion);
    }
  }

  record AddKey(TenantKey key) implements OfTenant {}

  /**
   * A key is kept in another way.
   *
   * @param before as it is kept now; otherwise nothing is changed
   */
  record SealKey(String keyId, String before, String after) implements OfTenant {}

  record RemoveKey(String keyId) implements OfTenant {}

  record Suspend() implements OfTenant {}

  record Resume() implements OfTenant {}

  /**
   * What the tenant knows has changed.
   *
   * @param version of it
   * @param entries that there are now
   */
  record KnowledgeAt(long version, int entries) implements OfTenant {}

  record Delete() implements OfTenant {}
}
