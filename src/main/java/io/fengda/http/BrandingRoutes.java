package io.fengda.http;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fengda.tenant.Branding;
import io.fengda.tenant.Language;
import io.fengda.tenant.Tenant;
import io.fengda.tenant.Tenants;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * {@code GET /v1/branding}: how the tenant of a key presents itself; without a key, those that list
 * themselves.
 */
final class BrandingRoutes {
  private final Requests requests;
  private final Admission admission;
  private final Tenants tenants;

  BrandingRoutes(Requests requests, Admission admission, Tenants tenants) {
    this.requests = requests;
    this.admission = admission;
    this.tenants = tenants;
  }

  HttpResponse read(HttpRequest request) {
    if (Requests.header(request, Requests.API_KEY).isEmpty()) {
      return brandings(listed());
    }
    Tenant tenant = requests.tenantByApiKey(request);
    return admission.require(tenant).on(brandings(List.of(tenant)));
  }

  private List<Tenant> listed() {
    return tenants.all().stream()
        .filter(tenant -> tenant.branding().listed() && !tenant.suspended())
        .filter(tenant -> !tenant.keys().publishableKeys().isEmpty())
        .sorted(Comparator.comparing(tenant -> tenant.id().value()))
        .toList();
  }

  private static HttpResponse brandings(List<Tenant> tenants) {
    ObjectNode json = Json.object();
    ArrayNode brandings = json.putArray("brandings");
    tenants.forEach(tenant -> brandings.add(branding(tenant)));
    return Responses.json(200, json).addHeader(RawHeader.create("Cache-Control", "no-cache"));
  }

  private static ObjectNode branding(Tenant tenant) {
    Branding branding = tenant.branding();
    ObjectNode json = Json.object().put("tenantId", tenant.id().value());
    tenant.keys().publishableKeys().stream().findFirst().ifPresent(key -> json.put("key", key));
    json.put("color", branding.color());
    each(branding.name(), json.putObject("name")::put);
    each(branding.greeting(), json.putObject("greeting")::put);
    ObjectNode suggestions = json.putObject("suggestions");
    each(branding.suggestions(), (tag, all) -> all.forEach(suggestions.putArray(tag)::add));
    return json;
  }

  private static <T> void each(Map<Language, T> texts, BiConsumer<String, T> write) {
    texts.forEach((language, text) -> write.accept(language.tag(), text));
  }
}
