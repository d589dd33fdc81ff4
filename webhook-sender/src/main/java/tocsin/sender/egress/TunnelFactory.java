package tocsin.sender.egress;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.io.DetachedSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes sockets that reach an address through a forward proxy. To the HTTP client they are connected to that address: it knows of no proxy, so pools,
 * several addresses, TLS and host name checks are what they are without one.
 */
final class TunnelFactory implements DetachedSocketFactory {

    private final ForwardProxy proxy;
    private final Supplier<Exchange> current;

    /** @param current the exchange that connects, asked in its own thread */
    TunnelFactory(ForwardProxy proxy, Supplier<Exchange> current) {
        this.proxy = proxy;
        this.current = current;
    }

    /** @param socks what the HTTP client would use by itself, which is none */
    @Override
    public Socket create(@Nullable Proxy socks) {
        return new Tunnel(proxy, current.get());
    }

    private static final class Tunnel extends Socket {

        private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})( [^\\r\\n]*)?\\r?\\n[\\s\\S]*");

        private static final int LONGEST_HEAD = 8 * 1024;
        private static final int WRONG_CREDENTIALS = 407;

        /** The proxy is near; most of the time is for its way to the receiver. */
        private static final int PART_FOR_THE_PROXY = 4;

        private final ForwardProxy proxy;
        private final Exchange exchange;
        private volatile @Nullable InetSocketAddress receiver;

        Tunnel(ForwardProxy proxy, Exchange exchange) {
            this.proxy = proxy;
            this.exchange = exchange;
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            long start = System.nanoTime();
            InetSocketAddress target = (InetSocketAddress) endpoint;
            exchange.tunnelFailed(Optional.empty());
            try {
                super.connect(
                        new InetSocketAddress(proxy.host(), proxy.port()), Math.max(1, timeout / PART_FOR_THE_PROXY));
                getOutputStream().write(proxy.request(target.getAddress(), target.getPort()));
            } catch (IOException e) {
                throw failed(new TunnelFailure.OfTheProxy("no connection to it"), e);
            }
            int usual = getSoTimeout();
            long left = timeout - Duration.ofNanos(System.nanoTime() - start).toMillis();
            setSoTimeout(Math.toIntExact(Math.max(1, left)));
            int status = status(head());
            if (status == WRONG_CREDENTIALS) {
                throw failed(new TunnelFailure.OfTheProxy("it wants other credentials"), null);
            }
            if (status < 200 || status > 299) {
                throw failed(new TunnelFailure.OfTheReceiver(status), null);
            }
            setSoTimeout(usual);
            receiver = target;
        }

        /** Byte by byte: what follows it is the receiver's. */
        private String head() throws IOException {
            StringBuilder head = new StringBuilder();
            try {
                InputStream in = getInputStream();
                while (head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
                    int next = in.read();
                    if (next < 0 || head.length() >= LONGEST_HEAD) {
                        throw failed(new TunnelFailure.OfTheProxy("no whole answer"), null);
                    }
                    head.append((char) next);
                }
                return head.toString();
            } catch (SocketTimeoutException e) {
                // It waits for the receiver, as we would without it.
                throw e;
            } catch (IOException e) {
                throw failed(new TunnelFailure.OfTheProxy("no whole answer"), e);
            }
        }

        private int status(String head) throws IOException {
            Matcher status = STATUS.matcher(head);
            if (!status.matches()) {
                throw failed(new TunnelFailure.OfTheProxy("no HTTP answer"), null);
            }
            return Integer.parseInt(status.group(1));
        }

        private IOException failed(TunnelFailure failure, @Nullable IOException cause) {
            exchange.tunnelFailed(Optional.of(failure));
            return new IOException("no tunnel", cause);
        }

        @Override
        public @Nullable InetAddress getInetAddress() {
            InetSocketAddress reached = receiver;
            return reached == null ? super.getInetAddress() : reached.getAddress();
        }

        @Override
        public int getPort() {
            InetSocketAddress reached = receiver;
            return reached == null ? super.getPort() : reached.getPort();
        }

        @Override
        public @Nullable SocketAddress getRemoteSocketAddress() {
            InetSocketAddress reached = receiver;
            return reached == null ? super.getRemoteSocketAddress() : reached;
        }
    }
}
