// SPDX-License-Identifier: Apache-2.0
package io.rhizome.gossip.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.NetUtil;
import io.rhizome.gossip.Endpoint;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One UDP socket on one event loop. Everything but {@link #bind} runs on that loop. */
final class UdpTransport {
  private static final Logger log = LoggerFactory.getLogger(UdpTransport.class);

  /** One byte more than the largest packet: a longer datagram shows by its length. */
  private static final int RECEIVE_BYTES = PacketSeal.MAX_PACKET_BYTES + 1;

  private final Channel channel;
  private final NameCache names;
  private final boolean ipv4Only;
  private final boolean ipv6Only;
  private long packetsIn;
  private long packetsOut;
  private long bytesIn;
  private long bytesOut;
  private long unsent;

  /** Takes datagrams on the loop. */
  interface Receiver {
    void onDatagram(Endpoint from, byte[] content);

    /** No more datagrams are at hand for now. */
    void onIdle();
  }

  private UdpTransport(Channel channel, NameCache names, String bound) {
    this.channel = channel;
    this.names = names;
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(bound);
    this.ipv4Only = literal instanceof Inet4Address;
    this.ipv6Only = literal instanceof Inet6Address && !literal.isAnyLocalAddress();
  }

  /**
   * Opens the socket; blocks until it is bound.
   *
   * @throws BindException naming the address where it cannot be bound
   */
  static UdpTransport bind(EventLoop loop, boolean epoll, Endpoint at) throws IOException {
    ChannelFuture bound =
        new Bootstrap()
            .group(loop)
            .channel(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BYTES))
            .option(ChannelOption.AUTO_READ, false)
            .handler(new ChannelInboundHandlerAdapter())
            .bind(new InetSocketAddress(at.host(), at.port()))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      BindException failure =
          new BindException("cannot bind UDP " + at + ": " + bound.cause().getMessage());
      failure.initCause(bound.cause());
      throw failure;
    }
    return new UdpTransport(
        bound.channel(), new NameCache(loop, InetAddress::getAllByName), at.host());
  }

  /** Starts to hand datagrams over. */
  void receive(Receiver receiver) {
    channel.pipeline().addLast(new Inbound(receiver));
    channel.config().setAutoRead(true);
  }

  /**
   * Sends to that address; where it is a name, to all addresses of it, since behind one name there
   * may be several nodes, or one of which some addresses do not answer. A node that is reached
   * twice drops the second as a replay.
   */
  void send(Endpoint to, byte[] content) {
    List<InetAddress> addresses =
        names.resolve(to.host()).stream().filter(this::sameFamily).toList();
    if (addresses.isEmpty() || !channel.isWritable()) {
      unsent++;
      return;
    }
    for (InetAddress address : addresses) {
      send(new InetSocketAddress(address, to.port()), content);
    }
  }

  private void send(InetSocketAddress target, byte[] content) {
    packetsOut++;
    bytesOut += content.length;
    channel
        .writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(content), target))
        .addListener(
            sent -> {
              if (!sent.isSuccess()) {
                unsent++;
                log.debug("cannot send to {}: {}", target, String.valueOf(sent.cause()));
              }
            });
  }

  /** Whether a socket that is bound where this one is can send there. */
  private boolean sameFamily(InetAddress address) {
    return address instanceof Inet4Address ? !ipv6Only : !ipv4Only;
  }

  void close() {
    names.close();
    var unused = channel.close();
  }

  long packetsIn() {
    return packetsIn;
  }

  long packetsOut() {
    return packetsOut;
  }

  long bytesIn() {
    return bytesIn;
  }

  long bytesOut() {
    return bytesOut;
  }

  long unsent() {
    return unsent;
  }

  private final class Inbound extends SimpleChannelInboundHandler<DatagramPacket> {
    private final Receiver receiver;

    Inbound(Receiver receiver) {
      this.receiver = receiver;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      ByteBuf buffer = packet.content();
      packetsIn++;
      bytesIn += buffer.readableBytes();
      byte[] content = new byte[buffer.readableBytes()];
      buffer.readBytes(content);
      InetSocketAddress sender = packet.sender();
      if (sender.getPort() > 0) {
        String host = sender.getAddress().getHostAddress();
        receiver.onDatagram(new Endpoint(host, sender.getPort()), content);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      receiver.onIdle();
    }

    /** A datagram socket reports errors of earlier sends on reads: none ends it. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (cause instanceof IOException) {
        log.debug("UDP socket reports {}", cause.toString());
      } else {
        log.error("a datagram could not be handled", cause);
      }
    }
  }
}
