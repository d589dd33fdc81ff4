package tocsin.sender.egress;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.DetachedSocketFactory;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections that know without waiting whether the other side has closed them. The HTTP client's own look before each use reads for a
 * millisecond and ends in an exception where all is well, which cost more than the rest of a request on a connection that is there.
 */
final class ConnectionFactory extends PoolingHttpClientConnectionManagerBuilder {

    private final DetachedSocketFactory sockets;

    /** @param sockets not yet connected; those of channels are looked at without waiting, others as the HTTP client does */
    ConnectionFactory(DetachedSocketFactory sockets, Http1Config http1) {
        this.sockets = sockets;
        AtomicLong number = new AtomicLong();
        setConnectionFactory(_ -> new Connection("http-" + number.incrementAndGet(), http1));
    }

    /** Straight to the receiver. */
    static ConnectionFactory direct(Http1Config http1) {
        return new ConnectionFactory(_ -> SocketChannel.open().socket(), http1);
    }

    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
            SchemePortResolver schemePortResolver, DnsResolver dnsResolver, TlsSocketStrategy tls) {
        return new DefaultHttpClientConnectionOperator(
                sockets,
                schemePortResolver,
                dnsResolver,
                RegistryBuilder.<TlsSocketStrategy>create()
                        .register(URIScheme.HTTPS.id, tls)
                        .build());
    }

    private static final class Connection extends DefaultManagedHttpClientConnection {

        private volatile @Nullable SocketChannel channel;

        Connection(String id, Http1Config http1) {
            super(id, null, null, http1, null, null, null, new DefaultHttpResponseParserFactory(http1));
        }

        @Override
        public void bind(SSLSocket secured, Socket socket) throws IOException {
            super.bind(secured, socket);
            channel = socket.getChannel();
        }

        @Override
        public boolean isStale() throws IOException {
            SocketChannel under = channel;
            // What has come meanwhile is TLS's to read: a farewell, or tickets for later connections.
            if (under == null || under.socket().getInputStream().available() > 0) {
                return super.isStale();
            }
            under.configureBlocking(false);
            // Nothing is there to be read, so all that this can take away is the beginning of what has come just now.
            int read = under.read(ByteBuffer.allocate(1));
            under.configureBlocking(true);
            return read != 0;
        }
    }
}
