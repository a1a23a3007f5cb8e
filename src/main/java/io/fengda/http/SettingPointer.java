package io.fengda.http;

import io.fengda.tenant.SettingNames;

/** Where a setting is in the JSON of a tenant's settings (RFC 6901). */
final class SettingPointer {
  private SettingPointer() {}

  /** Without a slash at the beginning: {@code branding.color} is {@code branding/color}. */
  static String of(String setting) {
    return SettingNames.camelCase(setting).replace("~", "~0").replace("/", "~1").replace('.', '/');
  }
}
