package io.fengda.identity;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Fetches key sets from where tenants' settings say, and therefore not from our own network. */
final class KeySetFetcher {
  /** Sets that are fetched at once; what blocks them blocks no other thread. */
  private static final int THREADS_MAX = 32;

  private static final int IDLE_SECONDS = 60;

  private final IdentitySettings.Jwks settings;
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          THREADS_MAX,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().daemon().name("jwks-", 0).factory());

  KeySetFetcher(IdentitySettings.Jwks settings) {
    this.settings = settings;
  }

  /**
   * The set, within three times the time-out: of connecting, of the first byte, and of the rest.
   */
  CompletableFuture<JWKSet> fetch(URI uri) {
    Retriever retriever = new Retriever(settings);
    try {
      return CompletableFuture.supplyAsync(() -> read(retriever, uri), threads)
          .orTimeout(3 * settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
          .whenComplete((set, failure) -> retriever.disconnect());
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static JWKSet read(Retriever retriever, URI uri) {
    try {
      return JWKSet.parse(retriever.retrieveResource(uri.toURL()).getContent());
    } catch (IOException | ParseException e) {
      throw new CompletionException(e);
    }
  }

  private static final class Retriever extends DefaultResourceRetriever {
    private final boolean privateAddresses;
    private volatile @Nullable HttpURLConnection open;

    Retriever(IdentitySettings.Jwks settings) {
      super(
          Math.toIntExact(settings.timeout().toMillis()),
          Math.toIntExact(settings.timeout().toMillis()),
          settings.bytesMax());
      this.privateAddresses = settings.privateAddresses();
    }

    @Override
    protected HttpURLConnection openHTTPConnection(URL url) throws IOException {
      if (!privateAddresses) {
        requirePublic(url);
      }
      HttpURLConnection connection = super.openHTTPConnection(url);
      // It could lead where the address itself may not.
      connection.setInstanceFollowRedirects(false);
      open = connection;
      return connection;
    }

    /** Whoever sends a byte now and then keeps no thread. */
    void disconnect() {
      HttpURLConnection connection = open;
      if (connection != null) {
        connection.disconnect();
      }
    }

    /** The JVM remembers an address for long enough that it is the one connected to. */
    private static void requirePublic(URL url) throws IOException {
      if (!url.getProtocol().equals("https")) {
        throw new IOException("key sets are fetched by https only");
      }
      for (InetAddress address : InetAddress.getAllByName(url.getHost())) {
        if (PrivateAddresses.contain(address)) {
          throw new IOException(url.getHost() + " is a private address");
        }
      }
    }
  }
}
