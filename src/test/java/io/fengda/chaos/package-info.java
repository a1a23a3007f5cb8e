/**
 * The fault lab: three engine processes, PostgreSQL and Kafka, clients that retry like real ones,
 * faults, and a checker that knows nothing of the engine. {@code mvn verify -Pchaos} runs all of
 * it; the ordinary run has one kill, one emptied Kafka and one restart of PostgreSQL.
 *
 * <table>
 *   <caption>What users of such systems report, and where it is tried</caption>
 *   <tr><td>a Kafka stream dies silently</td><td>FREEZE_KAFKA, KILL_KAFKA, OutageTest</td></tr>
 *   <tr><td>loss or duplicates across rebalances</td><td>CHURNING_CONSUMERS</td></tr>
 *   <tr><td>a failed producer loses, reorders, hides errors</td>
 *       <td>FREEZE_KAFKA (beyond the delivery time-out of 15 s), EMPTY_KAFKA, OutageTest</td></tr>
 *   <tr><td>the pool keeps dead connections</td><td>KILL_POSTGRES, FREEZE_POSTGRES</td></tr>
 *   <tr><td>a persist that times out has an unknown outcome</td>
 *       <td>DELAY_COMMITS, RedriverTest, ConversationRecoveryTest, the model's simulation</td></tr>
 *   <tr><td>two writers after a split</td>
 *       <td>PARTITION, PARTITION_DEAF, PARTITION_MUTE, FREEZE_NODE, TwoWritersTest</td></tr>
 *   <tr><td>a rolling update times out asks</td><td>ROLLING_RESTART</td></tr>
 *   <tr><td>a starved node is downed</td><td>STARVE_NODE</td></tr>
 *   <tr><td>recovery and reconnect storms</td><td>KILL_NODE, ReconnectStormTest</td></tr>
 *   <tr><td>quiet, slow and half-closed connections</td><td>SocketTest, BadInputTest</td></tr>
 * </table>
 */
@NullMarked
package io.fengda.chaos;

import org.jspecify.annotations.NullMarked;
