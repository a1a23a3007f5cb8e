package io.fengda.quota;

/** What nodes say to each other about quotas; in CBOR. */
interface QuotaMessage {}
