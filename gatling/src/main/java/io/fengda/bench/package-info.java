/** Drills and benchmarks: load from outside on an engine with a scripted vendor. */
package io.fengda.bench;
