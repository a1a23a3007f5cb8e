package io.fengda.administration;

import org.jspecify.annotations.Nullable;

/**
 * One setting of a tenant before and after, in JSON.
 *
 * @param before null: what holds without one of its own
 * @param after null: that again
 */
public record SettingChange(String name, @Nullable String before, @Nullable String after) {}
