/**
 * A model of workers that scale: the day's load, the partitions of the queries, the consumer group,
 * pods that start, and the autoscaler. It needs no engine; the same seed gives the same day.
 */
package io.fengda.bench.autoscale;
