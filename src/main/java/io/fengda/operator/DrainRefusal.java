package io.fengda.operator;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fengda.operator.ClusterReport.Member;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a node is not drained now.
 *
 * @param node that was to be drained
 * @param role of which it is the last node; empty for other reasons
 */
record DrainRefusal(@JsonIgnore Reason reason, String node, String role) {

  /** The closed list, each with its HTTP status and its sentence. */
  enum Reason {
    OFF(403, "Nodes are not drained by a call: start them with FENGDA_OPERATOR_DRAIN=on."),
    UNKNOWN(404, "No member of the cluster is called so."),
    LEAVES(409, "The node is on its way out already."),
    NOT_UP(409, "The node is not up, or does not answer."),
    ANOTHER_LEAVES(409, "Another node is on its way out: wait until it has gone."),
    LAST_OF_ROLE(409, "No other node that works has its role: nobody would take over."),
    NO_ANSWER(504, "The node did not say that it drains: look whether it does.");

    private final int status;
    private final String sentence;

    Reason(int status, String sentence) {
      this.status = status;
      this.sentence = sentence;
    }

    int status() {
      return status;
    }

    String sentence() {
      return sentence;
    }
  }

  static DrainRefusal of(Reason reason, String node) {
    return new DrainRefusal(reason, node, "");
  }

  /** The reason's name on the wire. */
  @JsonProperty
  String code() {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Whether a node must stay: one leaves at a time, and only where others that work have each of
   * its roles.
   */
  static Optional<DrainRefusal> find(List<Member> members, String node) {
    Optional<Member> found = members.stream().filter(one -> one.node().equals(node)).findAny();
    if (found.isEmpty()) {
      return Optional.of(of(Reason.UNKNOWN, node));
    }
    Member member = found.orElseThrow();
    List<Member> others = members.stream().filter(one -> !one.node().equals(node)).toList();
    if (member.leaves()) {
      return Optional.of(of(Reason.LEAVES, node));
    }
    if (!member.status().equals("up") || member.report() == null) {
      return Optional.of(of(Reason.NOT_UP, node));
    }
    if (others.stream().anyMatch(Member::leaves)) {
      return Optional.of(of(Reason.ANOTHER_LEAVES, node));
    }
    return member.roles().stream()
        .filter(role -> others.stream().noneMatch(one -> one.works() && one.roles().contains(role)))
        .findFirst()
        .map(role -> new DrainRefusal(Reason.LAST_OF_ROLE, node, role));
  }
}
