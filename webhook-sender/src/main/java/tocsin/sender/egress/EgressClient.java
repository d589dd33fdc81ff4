package tocsin.sender.egress;

import io.micronaut.context.annotation.Bean;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLSession;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;
import tocsin.sender.egress.DeadlineFactory.Deadline;
import tocsin.sender.egress.EgressResult.AnswerHeader;
import tocsin.sender.egress.EgressResult.Answered;
import tocsin.sender.egress.EgressResult.Broken;
import tocsin.sender.egress.EgressResult.ErrorClass;
import tocsin.sender.egress.Exchange.Phase;

/**
 * Posts to addresses that it has vetted itself: the name is looked up once, every address is judged, and the connection
 * goes to one of these while SNI and the host name check keep the name. No redirect, retry, cookie or decompression.
 * Where a forward proxy is configured it is asked for a tunnel to that address, never for the name.
 */
@Singleton
@Bean(preDestroy = "close")
public final class EgressClient implements AutoCloseable {

    private final AddressRules rules;
    private final Duration deadline;
    private final SharedLookups lookups;
    private final DeadlineFactory deadlines = new DeadlineFactory();
    private final CloseableHttpClient http;
    private final RequestConfig requestConfig;
    private final ExecutorService exchanges = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("exchange-", 0).factory());

    @Inject
    EgressClient(EgressConfig config, AddressRules rules, ProxyConfig proxy) {
        this(config, rules, ForwardProxy.of(proxy), InetAddress::getAllByName);
    }

    EgressClient(EgressConfig config, AddressRules rules, Optional<ForwardProxy> proxy, Lookup lookup) {
        this.rules = rules;
        deadline = config.deadline();
        lookups = new SharedLookups(lookup, config.lookups(), deadline);
        requestConfig = RequestConfig.custom()
                // Most of the deadline is the receiver's, however long our own pool holds the request up.
                .setConnectionRequestTimeout(Timeout.of(deadline.dividedBy(5)))
                // The deadline closes the connection under whatever reads from it; a limit for each read would be set
                // and cleared for each.
                .setResponseTimeout(Timeout.DISABLED)
                .setRedirectsEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .build();
        http = HttpClientFactory.client(config, proxy);
    }

    /**
     * Returns when there is an answer, or the reason why there is none, and at the deadline at the latest.
     *
     * @throws InterruptedException if the caller is interrupted; the exchange is ended then
     * @throws RejectedExecutionException if this client has no thread or connection free, or its proxy takes nothing: the receiver was not asked; or if it is closed,
     *     perhaps in the midst of it
     */
    public EgressResult post(EgressRequest request) throws InterruptedException {
        try (Deadline untilThen = deadlines.begin(deadline)) {
            return post(request, untilThen);
        }
    }

    private EgressResult post(EgressRequest request, Deadline untilThen) throws InterruptedException {
        long start = System.nanoTime();
        String host = withoutBrackets(request.target().getHost());
        LookupLane.Asked lookup = lookups.addressesOf(host, request.owner());
        CompletableFuture<List<InetAddress>> lookedUpAddresses = lookup.answer();
        untilThen.ends(lookedUpAddresses);
        List<InetAddress> addresses;
        try {
            addresses = lookedUpAddresses.get();
        } catch (CancellationException _) {
            rejectIfClosed(untilThen);
            if (lookup.isHeldUpByOthers()) {
                throw new RejectedExecutionException("no thread for a look-up before the deadline");
            }
            return broken(Breakage.timeout(Phase.LOOKUP), Trace.ofLookup(Optional.empty(), since(start)));
        } catch (ExecutionException e) {
            return broken(Breakage.of(e, Phase.LOOKUP), Trace.ofLookup(Optional.of(since(start)), since(start)));
        }
        Duration lookedUp = since(start);
        for (InetAddress address : addresses) {
            Optional<String> refusal = rules.refusal(address);
            if (refusal.isPresent()) {
                return broken(
                        new Breakage(
                                ErrorClass.ADDRESS,
                                "the host has the address " + address.getHostAddress() + ", which is " + refusal.get()),
                        Trace.ofLookup(Optional.of(lookedUp), since(start)));
            }
        }
        return exchange(request, host, new Exchange(addresses, lookedUp), start, untilThen);
    }

    /** The exchange runs in a thread of its own, so that the wait ends at the deadline whatever the client hangs on. */
    private EgressResult exchange(EgressRequest request, String host, Exchange exchange, long start, Deadline untilThen)
            throws InterruptedException {
        HttpPost post = postOf(request);
        HttpHost target = new HttpHost(
                "https",
                host,
                request.target().getPort() < 0 ? 443 : request.target().getPort());
        Callable<Answered> call = () -> answered(target, post, exchange, start);
        Future<Answered> answer = exchanges.submit(
                () -> ScopedValue.where(Exchange.CURRENT, exchange).call(call::call));
        untilThen.ends(answer);
        try {
            return answer.get();
        } catch (CancellationException _) {
            Phase phase = exchange.phase();
            end(post, answer);
            rejectIfClosed(untilThen);
            if (phase == Phase.CONNECTION) {
                throw new RejectedExecutionException("no free connection before the deadline");
            }
            return broken(Breakage.timeout(phase), exchange.trace(since(start)));
        } catch (ExecutionException e) {
            if (exchange.phase() == Phase.CONNECTION) {
                throw new RejectedExecutionException("no free connection", e);
            }
            return broken(breakage(e, exchange), exchange.trace(since(start)));
        } catch (InterruptedException e) {
            end(post, answer);
            throw e;
        }
    }

    /** Whether a receiver that was asked has it nobody knows; who is asked again sees by the id that it is the same. */
    private static void rejectIfClosed(Deadline untilThen) {
        if (untilThen.isCutOff()) {
            throw new RejectedExecutionException("closed in the midst of it");
        }
    }

    private static Breakage breakage(ExecutionException e, Exchange exchange) {
        if (exchange.phase() != Phase.CONNECT || exchange.tunnelFailure().isEmpty()) {
            return Breakage.of(e, exchange.phase());
        }
        return switch (exchange.tunnelFailure().get()) {
            case TunnelFailure.OfTheProxy(String why) -> throw new ProxyUnavailableException(why);
            case TunnelFailure.OfTheReceiver(int status) ->
                new Breakage(ErrorClass.CONNECT, "our proxy could not connect to the host: it answered " + status);
        };
    }

    private static void end(HttpPost post, Future<Answered> answer) {
        post.cancel();
        answer.cancel(true);
    }

    // try-with-resources would be wrong here: closing a response reads what is left of its body, however much that is.
    private Answered answered(HttpHost target, HttpPost post, Exchange exchange, long start) throws IOException {
        HttpClientContext context = HttpClientContext.create();
        ClassicHttpResponse response = http.executeOpen(target, post, context);
        AnswerBody body = new AnswerBody();
        try {
            exchange.enters(Phase.BODY);
            tellConnection(context, exchange);
            HttpEntity entity = response.getEntity();
            body.read(entity == null ? null : entity.getContent());
        } finally {
            if (body.isFinished()) {
                response.close();
            } else {
                post.cancel();
            }
        }
        List<AnswerHeader> headers = Stream.of(response.getHeaders())
                .map(header -> new AnswerHeader(header.getName(), String.valueOf(header.getValue())))
                .toList();
        return new Answered(response.getCode(), headers, body.beginning(), body.isCut(), exchange.trace(since(start)));
    }

    /** One that was used before has told nobody when it was made. */
    private static void tellConnection(HttpClientContext context, Exchange exchange) {
        EndpointDetails connection = context.getEndpointDetails();
        if (connection != null && connection.getRemoteAddress() instanceof InetSocketAddress remote) {
            exchange.isConnectedTo(remote.getAddress().getHostAddress());
        }
        SSLSession tls = context.getSSLSession();
        if (tls != null) {
            exchange.speaks(tls.getProtocol());
        }
    }

    private HttpPost postOf(EgressRequest request) {
        HttpPost post = new HttpPost(request.target());
        post.setConfig(requestConfig);
        request.headers().forEach(post::addHeader);
        post.setEntity(new ByteArrayEntity(request.body(), null));
        return post;
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static Broken broken(Breakage breakage, Trace trace) {
        return new Broken(breakage.errorClass(), breakage.reason(), trace);
    }

    @Override
    public void close() throws IOException {
        http.close();
        exchanges.shutdownNow();
        lookups.close();
        deadlines.close();
    }
}
