package io.fengda.embedded;

import java.util.List;
import java.util.stream.Stream;

/** Sessions of the operating system: the terminal's Ctrl-C stays within one. */
final class Session {
  private Session() {}

  /** The command in a session of its own and with the same process id; as it is without setsid. */
  static List<String> detach(List<String> command) {
    return Programs.find("setsid")
        .map(setsid -> Stream.concat(Stream.of(setsid.toString()), command.stream()).toList())
        .orElse(command);
  }
}
