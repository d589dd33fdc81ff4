package tocsin.sender.egress;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.Http1StreamListener;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import tocsin.sender.egress.Exchange.Phase;
import tocsin.service.tls.TrustAnchors;

/**
 * Makes the HTTP client under {@link EgressClient}: it looks no name up, follows nothing, repeats nothing, keeps nothing but connections, and tells the exchange
 * that the thread makes how far it has come.
 */
final class HttpClientFactory {

    // The two bound what a receiver can have us keep of a head: half a mebibyte.
    private static final int LONGEST_HEADER_LINE = 8 * 1024;
    private static final int MOST_HEADERS = 64;

    private static final int MOST_HINTS = 16;

    /** For how many deadlines a connection that nobody uses is kept: half a minute, if nothing else is set. */
    private static final int IDLE_DEADLINES = 3;

    /** For one address of several. */
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(3);

    private HttpClientFactory() {}

    /** To be called by threads that have an {@link Exchange#CURRENT}. */
    static CloseableHttpClient client(EgressConfig config, Optional<ForwardProxy> proxy) {
        return HttpClients.custom()
                .setConnectionManager(connections(config, proxy))
                .setRequestExecutor(new HttpRequestExecutor(
                        Http1Config.DEFAULT, DefaultConnectionReuseStrategy.INSTANCE, new PatienceWithHints()))
                // Called once there is a connection, be it new or used before.
                .addRequestInterceptorLast((_, _, _) -> Exchange.CURRENT.get().enters(Phase.ANSWER))
                .disableAuthCaching()
                .disableAutomaticRetries()
                .disableConnectionState()
                .disableContentCompression()
                .disableCookieManagement()
                .disableDefaultUserAgent()
                .disableRedirectHandling()
                .evictExpiredConnections()
                .evictIdleConnections(TimeValue.of(config.deadline().multipliedBy(IDLE_DEADLINES)))
                .build();
    }

    private static PoolingHttpClientConnectionManager connections(EgressConfig config, Optional<ForwardProxy> proxy) {
        SSLContext tls = TrustAnchors.context(
                "tocsin.egress.trust-store", Optional.ofNullable(config.trustStore()), config.trustStorePassword());
        Http1Config http1 = Http1Config.custom()
                .setMaxLineLength(LONGEST_HEADER_LINE)
                .setMaxHeaderCount(MOST_HEADERS)
                .build();
        return proxy.map(it -> new ConnectionFactory(new TunnelFactory(it, Exchange.CURRENT::get), http1))
                .orElseGet(() -> ConnectionFactory.direct(http1))
                .setConnectionConfigResolver(_ -> connection(config.deadline()))
                .setMaxConnTotal(config.connections())
                // Many organisations have endpoints on one host; how much an endpoint gets is the engine's to bound.
                .setMaxConnPerRoute(config.connections())
                .setDnsResolver(new VettedAddresses())
                .setTlsSocketStrategy(announcingHandshake(new DefaultClientTlsStrategy(tls)))
                .build();
    }

    private static ConnectionConfig connection(Duration deadline) {
        int addresses =
                Exchange.CURRENT.isBound() ? Exchange.CURRENT.get().vetted().size() : 1;
        return ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(forOneAddress(deadline, addresses)))
                .setSocketTimeout(Timeout.DISABLED)
                .setIdleTimeout(Timeout.of(deadline.multipliedBy(IDLE_DEADLINES)))
                .setTimeToLive(TimeValue.ofMinutes(5))
                // A receiver may have closed it meanwhile; that must not cost an attempt.
                .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                .build();
    }

    /** A dead address must leave time for the others. */
    private static Duration forOneAddress(Duration deadline, int addresses) {
        if (addresses <= 1) {
            return deadline;
        }
        Duration share = deadline.dividedBy(addresses);
        return share.compareTo(LONGEST_CONNECT) < 0 ? share : LONGEST_CONNECT;
    }

    private static TlsSocketStrategy announcingHandshake(TlsSocketStrategy strategy) {
        return (socket, target, port, attachment, context) -> {
            Exchange exchange = Exchange.CURRENT.get();
            exchange.isConnectedTo(socket.getInetAddress().getHostAddress());
            exchange.enters(Phase.HANDSHAKE);
            SSLSocket secured = strategy.upgrade(socket, target, port, attachment, context);
            exchange.enters(Phase.ANSWER);
            return secured;
        };
    }

    /** Hints (1xx) may precede an answer; the HTTP client alone would read them for as long as they come. */
    private static final class PatienceWithHints implements Http1StreamListener {

        @Override
        public void onRequestHead(HttpConnection connection, HttpRequest request) {}

        @Override
        public void onResponseHead(HttpConnection connection, HttpResponse response) {
            if (response.getCode() < HttpStatus.SC_SUCCESS
                    && Exchange.CURRENT.get().hinted() > MOST_HINTS) {
                connection.close(CloseMode.IMMEDIATE);
            }
        }

        @Override
        public void onExchangeComplete(HttpConnection connection, boolean keepAlive) {}
    }

    /** Hands the HTTP client the addresses that were judged, so that no second look-up can give others. */
    private static final class VettedAddresses implements DnsResolver {

        @Override
        public InetAddress[] resolve(String host) {
            Exchange exchange = Exchange.CURRENT.get();
            exchange.enters(Phase.CONNECT);
            return exchange.vetted().toArray(InetAddress[]::new);
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
