package tocsin.testsupport;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTPS endpoint on 127.0.0.1 that answers as its script says and keeps what it was sent. Any method and path is taken; what
 * counts is for the test to say. The script may be changed while requests come in.
 */
public final class WebhookReceiver implements AutoCloseable {

    private static final int BACKLOG = 1024;
    private static final String HOST_OF_CONTAINERS = "host.docker.internal";

    private final HttpsServer server;
    private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    private final Clock clock;
    private final List<ReceivedRequest> received = new CopyOnWriteArrayList<>();
    private final Deque<Answer> script = new ArrayDeque<>();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    private WebhookReceiver(HttpsServer server, Clock clock, List<Answer> answers) {
        this.server = server;
        this.clock = clock;
        script.addAll(answers);
        server.createContext("/", this::receive);
        server.setExecutor(requests);
        AtExit.close(this);
        server.start();
    }

    /** On a free port. Answers with these statuses in turn; the last one, from then on. */
    public static WebhookReceiver answering(LocalAuthority authority, int... statuses) {
        return answering(authority, ClockFactory.system(), 0, answers(statuses));
    }

    /**
     * @param clock stamps what is received
     * @param port 0 for a free one
     * @param answers at least one; the last is repeated
     */
    public static WebhookReceiver answering(LocalAuthority authority, Clock clock, int port, List<Answer> answers) {
        requireOne(answers);
        try {
            InetAddress loopback = InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
            HttpsServer server = HttpsServer.create(new InetSocketAddress(loopback, FreePorts.orFree(port)), BACKLOG);
            server.setHttpsConfigurator(
                    new HttpsConfigurator(authority.serverContext("127.0.0.1", "localhost", HOST_OF_CONTAINERS)));
            return new WebhookReceiver(server, clock, answers);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a webhook receiver on port " + port, e);
        }
    }

    private static List<Answer> answers(int... statuses) {
        return Arrays.stream(statuses).mapToObj(Answer::of).toList();
    }

    private static void requireOne(List<Answer> answers) {
        if (answers.isEmpty()) {
            throw new IllegalArgumentException("a receiver needs at least one answer");
        }
    }

    /** {@code https://127.0.0.1:port/hook}; certified for {@code localhost} too, and for what containers call the machine that they run on. */
    public String url() {
        return "https://127.0.0.1:" + port() + "/hook";
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** In the order of arrival, as far as whole requests have arrived. */
    public List<ReceivedRequest> received() {
        return List.copyOf(received);
    }

    /** Replaces the rest of the script. */
    public void answerWith(int... statuses) {
        answerWith(answers(statuses));
    }

    /** Replaces the rest of the script; the last is repeated. */
    public void answerWith(List<Answer> answers) {
        requireOne(answers);
        synchronized (script) {
            script.clear();
            script.addAll(answers);
        }
    }

    /** From now on requests are taken and kept, but not answered until {@link #release()}. */
    public void hold() {
        gate = new CountDownLatch(1);
    }

    public void release() {
        gate.countDown();
    }

    /** @throws AssertionError if there are fewer when the time is up */
    public List<ReceivedRequest> awaitRequests(int atLeast, Duration limit) {
        return Await.until(
                this::received,
                requests -> requests.size() >= atLeast,
                limit,
                requests -> "received " + requests.size() + " of " + atLeast + " webhooks");
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            long nanos = System.nanoTime();
            Answer answer = next();
            received.add(new ReceivedRequest(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders(),
                    body,
                    clock.instant(),
                    nanos));
            gate.await();
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            byte[] content = answer.body();
            exchange.sendResponseHeaders(answer.status(), content.length == 0 ? -1 : content.length);
            exchange.getResponseBody().write(content);
        } catch (InterruptedException _) {
            // Closed while held: the caller sees a connection that breaks.
            Thread.currentThread().interrupt();
        }
    }

    private Answer next() {
        synchronized (script) {
            return script.size() > 1 ? script.removeFirst() : script.getFirst();
        }
    }

    @Override
    public void close() {
        AtExit.forget(this);
        server.stop(0);
        requests.shutdownNow();
    }
}
