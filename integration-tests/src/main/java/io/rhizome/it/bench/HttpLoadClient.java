// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A closed loop of one HTTP/1.1 request against one port of loopback: as many connections as calls
 * in flight, each kept alive, a thread each. The request is encoded once; of an answer the status
 * and the length are read, its body is skipped.
 *
 * <p>Used by one thread.
 */
final class HttpLoadClient {
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);
  private static final int READ_LIMIT_MILLIS = 20_000;
  private static final String LENGTH = "content-length:";

  private final int port;
  private final byte[] request;
  private volatile boolean recording;
  private volatile boolean stopping;
  private volatile @Nullable String failure;

  /**
   * A client of this port.
   *
   * @param headers lines without their ends; the body's length is added
   */
  HttpLoadClient(int port, String path, List<String> headers, byte[] body) {
    this.port = port;
    StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    headers.forEach(line -> head.append(line).append("\r\n"));
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    byte[] start = head.toString().getBytes(StandardCharsets.US_ASCII);
    this.request = Arrays.copyOf(start, start.length + body.length);
    System.arraycopy(body, 0, request, start.length, body.length);
  }

  /** One call's body; {@link IOException} unless its status is 200. */
  byte[] call() throws IOException {
    try (Connection connection = new Connection()) {
      return connection.call();
    }
  }

  /**
   * Loads the port for a lead-in, which is not counted, and a window, which is.
   *
   * @throws IOException if any call fails: figures with failures in them mean nothing
   */
  LoadClient.Window run(
      int concurrency, Duration leadIn, Duration window, LoadClient.Counter counter)
      throws IOException, InterruptedException {
    recording = false;
    stopping = false;
    List<Samples> latencies = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < concurrency; i++) {
      Samples own = new Samples();
      latencies.add(own);
      Thread thread = new Thread(() -> loop(own), "http-load-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
    try {
      Thread.sleep(leadIn.toMillis());
      double countedBefore = counter.read();
      long start = System.nanoTime();
      recording = true;
      Thread.sleep(window.toMillis());
      recording = false;
      long end = System.nanoTime();
      double counted = counter.read() - countedBefore;
      stop(threads);
      return new LoadClient.Window(Samples.merged(latencies), (end - start) / 1e9, counted);
    } finally {
      stopping = true;
    }
  }

  private void stop(List<Thread> threads) throws IOException, InterruptedException {
    stopping = true;
    for (Thread thread : threads) {
      thread.join(DRAIN_LIMIT.toMillis());
      if (thread.isAlive()) {
        throw new IOException("a call did not end within " + DRAIN_LIMIT);
      }
    }
    String failed = failure;
    if (failed != null) {
      throw new IOException("a call failed: " + failed);
    }
  }

  private void loop(Samples latencies) {
    try (Connection connection = new Connection()) {
      while (!stopping) {
        long start = System.nanoTime();
        connection.call();
        if (recording) {
          latencies.add(System.nanoTime() - start);
        }
      }
    } catch (IOException e) {
      failure = e.toString();
    }
  }

  private final class Connection implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Connection() throws IOException {
      socket = new Socket();
      socket.connect(EventLoops.loopback(port));
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(READ_LIMIT_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    byte[] call() throws IOException {
      out.write(request);
      String status = line();
      int length = 0;
      for (String line = line(); !line.isEmpty(); line = line()) {
        if (line.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
          length = Integer.parseInt(line.substring(LENGTH.length()).strip());
        }
      }
      byte[] body = in.readNBytes(length);
      if (!status.contains(" 200 ") || body.length < length) {
        throw new IOException(status + ": " + new String(body, StandardCharsets.UTF_8));
      }
      return body;
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder(64);
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new IOException("the connection ended");
        }
        if (c != '\r') {
          line.append((char) c);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
