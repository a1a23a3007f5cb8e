package io.fengda;

import com.google.errorprone.annotations.FormatMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A certificate authority of a test, made by the JDK's keytool; everything is written as PEM. */
final class TestCertificates {
  private static final String PASSWORD = "changeit";
  private static final String LINE = "\n";

  private final Path folder;
  private final String name;

  private TestCertificates(Path folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  /** A new authority, whose own certificate is in {@code <name>.crt}. */
  static TestCertificates authority(Path folder, String name) {
    TestCertificates authority = new TestCertificates(folder, name);
    authority.keytool(
        "-genkeypair -alias %1$s -dname CN=%1$s -keyalg RSA -keysize 2048 -validity 30"
            + " -ext bc:c -ext ku:c=keyCertSign,cRLSign",
        name);
    authority.write(authority.crt(name), authority.certificates(name));
    return authority;
  }

  /** The authority's own certificate. */
  Path trust() {
    return crt(name);
  }

  Path crt(String holder) {
    return folder.resolve(holder + ".crt");
  }

  Path key(String holder) {
    return folder.resolve(holder + ".key");
  }

  /** Both in one file, as Kafka has it. */
  Path keyAndCrt(String holder) {
    return folder.resolve(holder + ".pem");
  }

  /** A certificate for localhost, of servers and clients alike. Written anew where there is one. */
  void issue(String holder) {
    String alias = holder + "-" + System.nanoTime();
    Path request = folder.resolve(alias + ".csr");
    Path signed = folder.resolve(alias + ".signed");
    keytool(
        "-genkeypair -alias %s -dname CN=%s -keyalg RSA -keysize 2048 -validity 30", alias, holder);
    keytool("-certreq -alias %s -file %s", alias, request);
    keytool(
        "-gencert -alias %s -infile %s -outfile %s -validity 30"
            + " -ext san=dns:localhost,ip:127.0.0.1 -ext eku=serverAuth,clientAuth",
        name, request, signed);
    keytool("-importcert -noprompt -alias %s -file %s", alias, signed);
    String chain = certificates(alias);
    write(crt(holder), chain);
    write(key(holder), privateKey(alias));
    write(keyAndCrt(holder), privateKey(alias) + chain);
  }

  @FormatMethod
  private void keytool(String command, Object... arguments) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    words.addAll(List.of(command.formatted(arguments).split(" ", -1)));
    words.addAll(
        List.of("-keystore", store().toString(), "-storepass", PASSWORD, "-storetype", "PKCS12"));
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException(words + ": " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Path store() {
    return folder.resolve(name + ".p12");
  }

  private KeyStore opened() {
    try (InputStream in = Files.newInputStream(store())) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD.toCharArray());
      return store;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String certificates(String alias) {
    try {
      StringBuilder chain = new StringBuilder();
      for (Certificate certificate : opened().getCertificateChain(alias)) {
        chain.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
      return chain.toString();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String privateKey(String alias) {
    try {
      Key key = opened().getKey(alias, PASSWORD.toCharArray());
      return pem("PRIVATE KEY", key.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String what, byte[] content) {
    String lines =
        Base64.getMimeEncoder(64, LINE.getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
    return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(what, lines);
  }

  /** At once, as who rotates certificates does. */
  private void write(Path file, String content) {
    try {
      Path beside = folder.resolve(file.getFileName() + ".new");
      Files.writeString(beside, content);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
