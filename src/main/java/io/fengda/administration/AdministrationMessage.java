package io.fengda.administration;

/** What nodes say to each other about tenants, and the registry's events; in CBOR. */
interface AdministrationMessage {}
