package io.fengda.administration;

/** Why a tenant is not changed. */
public enum Refusal {
  NO_SUCH_TENANT,
  /** There is one, or was. */
  ID_TAKEN,
  TOO_MANY_TENANTS,
  INVALID_SETTING,
  SETTINGS_TOO_LARGE,
  CHANGED_MEANWHILE,
  NO_SUCH_KEY,
  TOO_MANY_KEYS,
  /** Without it nobody could sign a token. */
  LAST_KEY,
}
