package io.fengda.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a tenant's settings must not lead this engine. */
class PrivateAddressesTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "10.1.2.3, true",
    "172.31.255.255, true",
    "172.32.0.1, false",
    "192.168.0.1, true",
    "169.254.169.254, true",
    "100.100.100.200, true",
    "0.0.0.0, true",
    "198.19.0.1, true",
    "240.0.0.1, true",
    "224.0.0.1, true",
    "8.8.8.8, false",
    "::1, true",
    "::, true",
    "::ffff:10.0.0.1, true",
    "::ffff:8.8.8.8, false",
    "::10.0.0.1, true",
    "64:ff9b::a00:1, true",
    "2002:a00:1::, true",
    "fd00::1, true",
    "fe80::1, true",
    "fec0::1, true",
    "ff02::1, true",
    "2606:4700::1, false",
  })
  void areKnown(String address, boolean isPrivate) throws UnknownHostException {
    assertEquals(isPrivate, PrivateAddresses.contain(InetAddress.getByName(address)));
  }
}
