package io.fengda.vendor;

import akka.actor.typed.ActorSystem;
import akka.grpc.GrpcClientSettings;
import io.fengda.tls.TlsMaterial;
import io.fengda.tls.TlsSettings;
import org.jspecify.annotations.Nullable;

/** How connections to vendors are encrypted, and who we are there. Thread-safe. */
final class VendorEncryption {
  private final @Nullable TlsMaterial ours;

  private VendorEncryption(@Nullable TlsMaterial ours) {
    this.ours = ours;
  }

  static VendorEncryption of(ActorSystem<?> system, TlsSettings files) {
    return new VendorEncryption(files.isEmpty() ? null : TlsMaterial.watched(system, files));
  }

  GrpcClientSettings applied(GrpcClientSettings settings, boolean isEncrypted) {
    GrpcClientSettings applied = settings.withTls(isEncrypted);
    return isEncrypted && ours != null ? applied.withSslContext(ours.context()) : applied;
  }
}
