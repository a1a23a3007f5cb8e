package io.fengda.identity;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Addresses that are not of the public Internet (RFC 6890 and the registries it began). */
final class PrivateAddresses {
  private static final List<Block> BLOCKS =
      List.of(
          Block.of("0.0.0.0", 8),
          Block.of("10.0.0.0", 8),
          Block.of("100.64.0.0", 10),
          Block.of("127.0.0.0", 8),
          Block.of("169.254.0.0", 16),
          Block.of("172.16.0.0", 12),
          Block.of("192.0.0.0", 24),
          Block.of("192.168.0.0", 16),
          Block.of("198.18.0.0", 15),
          Block.of("224.0.0.0", 3),
          Block.of("::", 96),
          Block.of("64:ff9b::", 32),
          Block.of("100::", 64),
          Block.of("2001::", 23),
          Block.of("2002::", 16),
          Block.of("fc00::", 7),
          Block.of("fe80::", 9),
          Block.of("ff00::", 8));

  private static final byte[] MAPPED_PREFIX = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  private PrivateAddresses() {}

  static boolean contain(InetAddress address) {
    byte[] bytes = unmapped(address.getAddress());
    return BLOCKS.stream().anyMatch(block -> block.contains(bytes));
  }

  /** An IPv4 address that is written as one of IPv6 (RFC 4291, 2.5.5.2). */
  private static byte[] unmapped(byte[] bytes) {
    for (int i = 0; i < MAPPED_PREFIX.length; i++) {
      if (bytes.length != 16 || bytes[i] != MAPPED_PREFIX[i]) {
        return bytes;
      }
    }
    return new byte[] {bytes[12], bytes[13], bytes[14], bytes[15]};
  }

  /** Addresses that begin alike. */
  private record Block(InetAddress first, int bits) {
    static Block of(String first, int bits) {
      try {
        return new Block(InetAddress.getByName(first), bits);
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(first, e);
      }
    }

    boolean contains(byte[] address) {
      byte[] own = first.getAddress();
      if (own.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((own[bit / 8] & mask) != (address[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }
}
