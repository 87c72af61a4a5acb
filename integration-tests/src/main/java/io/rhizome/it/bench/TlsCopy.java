// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import io.rhizome.it.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * The plainest way to copy a file safely: one thread reads it and writes it to a TLS socket,
 * another reads that and writes a file. One connection for all copies; nothing is compared or
 * forced to disk. For one thread.
 */
final class TlsCopy implements AutoCloseable {
  private static final Duration KEYTOOL_LIMIT = Duration.ofSeconds(60);
  private static final String PASSWORD = "not-secret";
  private static final int BUFFER_BYTES = 64 << 10;

  private final SSLServerSocket listening;
  private final SSLSocket sending;
  private final SSLSocket receiving;
  private final ExecutorService receiver = Executors.newSingleThreadExecutor();

  /** Connects to itself; the key is made in that directory. */
  TlsCopy(Path directory) throws IOException, InterruptedException, GeneralSecurityException {
    SSLContext tls = context(directory);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    listening = (SSLServerSocket) tls.getServerSocketFactory().createServerSocket(0, 1, loopback);
    sending = (SSLSocket) tls.getSocketFactory().createSocket(loopback, listening.getLocalPort());
    sending.setEnabledProtocols(new String[] {"TLSv1.3"});
    sending.setEnabledCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256"});
    receiving = (SSLSocket) listening.accept();
    CompletableFuture<Void> shaken = CompletableFuture.runAsync(this::shake, receiver);
    sending.startHandshake();
    shaken.join();
  }

  /** Copies a file and returns how long it took, in seconds. */
  double copy(Path from, Path to) throws IOException {
    long bytes = Files.size(from);
    long started = System.nanoTime();
    CompletableFuture<Void> received =
        CompletableFuture.runAsync(() -> receive(to, bytes), receiver);
    byte[] buffer = new byte[BUFFER_BYTES];
    OutputStream out = sending.getOutputStream();
    try (InputStream in = Files.newInputStream(from)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
      }
    }
    out.flush();
    received.join();
    return (System.nanoTime() - started) / 1e9;
  }

  private void shake() {
    try {
      receiving.startHandshake();
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private void receive(Path to, long bytes) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (OutputStream out = Files.newOutputStream(to)) {
      InputStream in = receiving.getInputStream();
      for (long left = bytes; left > 0; ) {
        int read = in.read(buffer, 0, (int) Math.min(left, BUFFER_BYTES));
        if (read < 0) {
          throw new IOException("the TLS copy ended early");
        }
        out.write(buffer, 0, read);
        left -= read;
      }
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private static SSLContext context(Path directory)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = directory.resolve("tls-copy.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Command.run(
            directory,
            KEYTOOL_LIMIT,
            List.of(
                keytool,
                "-genkeypair",
                "-alias",
                "copy",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD))
        .orThrow();
    char[] password = PASSWORD.toCharArray();
    KeyStore keys = KeyStore.getInstance(store.toFile(), password);
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, password);
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(keys);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return context;
  }

  @Override
  public void close() throws IOException {
    receiver.shutdownNow();
    sending.close();
    receiving.close();
    listening.close();
  }
}
