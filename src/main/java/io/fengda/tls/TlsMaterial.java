package io.fengda.tls;

import akka.actor.Cancellable;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.http.javadsl.ConnectionContext;
import akka.http.javadsl.ServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import nl.altindag.ssl.SSLFactory;
import nl.altindag.ssl.pem.util.PemUtils;
import nl.altindag.ssl.util.SSLFactoryUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What connections of one kind are encrypted with. Files that changed are taken up for connections
 * that begin from then on; where they can not be read together, what was there stays. Thread-safe.
 */
public final class TlsMaterial {
  private static final Logger log = LoggerFactory.getLogger(TlsMaterial.class);

  private final TlsSettings files;
  private final boolean trustsTheUsual;
  private final SSLFactory factory;
  private List<FileTime> read;

  /**
   * Reads the files.
   *
   * @param trustsTheUsual whether whom the JVM trusts is trusted as well
   */
  private TlsMaterial(TlsSettings files, boolean trustsTheUsual) {
    this.files = files;
    this.trustsTheUsual = trustsTheUsual;
    this.read = times(files);
    this.factory =
        load(
            builder -> {
              if (files.hasIdentity()) {
                builder.withSwappableIdentityMaterial();
              }
              builder.withSwappableTrustMaterial();
            });
  }

  /**
   * Reads the files now, and again whenever they change. Servers are trusted whose authority the
   * files name, or the JVM.
   *
   * @throws IllegalArgumentException where they are not what they should be
   */
  public static TlsMaterial watched(ActorSystem<?> system, TlsSettings files) {
    return watched(system, new TlsMaterial(files, true));
  }

  private static TlsMaterial watched(ActorSystem<?> system, TlsMaterial material) {
    TlsSettings files = material.files;
    Cancellable looking =
        system
            .scheduler()
            .scheduleWithFixedDelay(
                files.reload(),
                files.reload(),
                material::refresh,
                system.dispatchers().lookup(DispatcherSelector.blocking()));
    var unused = system.getWhenTerminated().thenRun(looking::cancel);
    return material;
  }

  private SSLFactory load(Consumer<SSLFactory.Builder> more) {
    try {
      SSLFactory.Builder builder = SSLFactory.builder();
      if (trustsTheUsual) {
        builder.withDefaultTrustMaterial();
      }
      more.accept(builder);
      if (files.hasIdentity()) {
        requirePair(files.certificate().orElseThrow(), files.key().orElseThrow());
        builder.withIdentityMaterial(
            PemUtils.loadIdentityMaterial(
                files.certificate().orElseThrow(), files.key().orElseThrow()));
      }
      files
          .trust()
          .ifPresent(trust -> builder.withTrustMaterial(PemUtils.loadTrustMaterial(trust)));
      return builder.build();
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "%s: %s are no PEM files of a certificate, its key and authorities (%s)"
              .formatted(files.setting(), files.all(), e.getMessage()),
          e);
    }
  }

  /** One of the two may have been replaced and the other not yet. */
  private static void requirePair(Path certificate, Path key) {
    try {
      PrivateKey own = PemUtils.loadPrivateKey(key);
      Signature signature =
          Signature.getInstance(
              switch (own.getAlgorithm()) {
                case "EC" -> "SHA256withECDSA";
                case "RSA" -> "SHA256withRSA";
                default -> own.getAlgorithm();
              });
      byte[] any = {1, 2, 3};
      signature.initSign(own);
      signature.update(any);
      byte[] signed = signature.sign();
      signature.initVerify(PemUtils.loadCertificate(certificate).getFirst());
      signature.update(any);
      if (!signature.verify(signed)) {
        throw new IllegalArgumentException("the key is another certificate's");
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private synchronized void refresh() {
    try {
      List<FileTime> now = times(files);
      if (!now.equals(read)) {
        // What can not be read is looked at again when it changes.
        read = now;
        SSLFactoryUtils.reload(factory, load(builder -> {}));
        log.info("{}: files that changed are taken up", files.setting());
      }
    } catch (RuntimeException e) {
      log.warn("{}: goes on with what was read before: {}", files.setting(), e.getMessage());
    }
  }

  private static List<FileTime> times(TlsSettings files) {
    return files.all().stream().map(TlsMaterial::changedAt).toList();
  }

  private static FileTime changedAt(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A server that encrypts by these files if they say who we are, and else one that does not. Where
   * they name authorities, its clients have to prove themselves by one of these and no other.
   *
   * @throws IllegalArgumentException where the files are not what they should be
   */
  public static ServerBuilder secured(
      ActorSystem<?> system, ServerBuilder server, TlsSettings files) {
    if (!files.hasIdentity()) {
      return server;
    }
    TlsMaterial material = watched(system, new TlsMaterial(files, files.trust().isEmpty()));
    return server.enableHttps(ConnectionContext.httpsServer(material::serverEngine));
  }

  /** For clients. */
  public SSLContext context() {
    return factory.getSslContext();
  }

  /** For one connection of a server. */
  private SSLEngine serverEngine() {
    SSLEngine engine = factory.getSslContext().createSSLEngine();
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(files.trust().isPresent());
    engine.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    return engine;
  }
}
