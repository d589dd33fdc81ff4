package tocsin.local.journey;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

/** Takes what services tell of traces, as a collector does: OTLP over HTTP, and nothing without its token. */
final class TraceCollector implements AutoCloseable {

    private static final String TOKEN = "Bearer of-the-collector";

    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    /** @param parent the id of the span that caused it; empty for the first of a trace */
    record Span(String service, String name, String trace, String id, String parent, Map<String, String> notes) {}

    private TraceCollector(HttpServer server) {
        this.server = server;
    }

    static TraceCollector start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            TraceCollector collector = new TraceCollector(server);
            server.createContext("/v1/traces", collector::take);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            return collector;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a service needs to be told. */
    Map<String, String> settings() {
        return Map.of(
                "TOCSIN_TRACING_ENDPOINT",
                "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces",
                "TOCSIN_TRACING_HEADERS_AUTHORIZATION",
                TOKEN);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean isKnown = TOKEN.equals(exchange.getRequestHeaders().getFirst("authorization"));
            boolean isZipped = "gzip".equals(exchange.getRequestHeaders().getFirst("content-encoding"));
            byte[] body;
            try (InputStream in = exchange.getRequestBody()) {
                body = isZipped ? new GZIPInputStream(in).readAllBytes() : in.readAllBytes();
            }
            if (isKnown) {
                read(WireMessage.of(body));
            }
            exchange.sendResponseHeaders(isKnown ? 200 : 401, -1);
        }
    }

    /** The numbers are those of OTLP's trace_service.proto, resource.proto and trace.proto. */
    private void read(WireMessage request) {
        for (WireMessage ofOne : request.messages(1)) {
            String service = ofOne.messages(1).stream()
                    .map(resource -> notes(resource, 1).getOrDefault("service.name", ""))
                    .findFirst()
                    .orElse("");
            for (WireMessage scope : ofOne.messages(2)) {
                for (WireMessage span : scope.messages(2)) {
                    spans.add(
                            new Span(service, text(span, 5), hex(span, 1), hex(span, 2), hex(span, 4), notes(span, 9)));
                }
            }
        }
    }

    private static Map<String, String> notes(WireMessage of, int number) {
        Map<String, String> notes = new HashMap<>();
        for (WireMessage entry : of.messages(number)) {
            entry.messages(2).forEach(value -> notes.put(text(entry, 1), text(value, 1)));
        }
        return notes;
    }

    private static String text(WireMessage of, int number) {
        return of.bytes(number).stream()
                .findFirst()
                .map(bytes -> new String(bytes, UTF_8))
                .orElse("");
    }

    private static String hex(WireMessage of, int number) {
        return of.bytes(number).stream()
                .findFirst()
                .map(HexFormat.of()::formatHex)
                .orElse("");
    }

    /** Of the trace in which something noted this: each step, with its service, and the step that caused it. */
    Map<String, String> causesInTraceOf(String note, String value) {
        List<Span> trace = spans.stream()
                .filter(span -> value.equals(span.notes().get(note)))
                .findFirst()
                .map(one -> spans.stream()
                        .filter(span -> span.trace().equals(one.trace()))
                        .toList())
                .orElse(List.of());
        Map<String, String> names = new HashMap<>();
        trace.forEach(span -> names.put(span.id(), span.service() + " " + span.name()));
        Map<String, String> causes = new HashMap<>();
        trace.forEach(span -> causes.put(
                span.service() + " " + span.name(),
                span.parent().isEmpty() ? "" : names.getOrDefault(span.parent(), "unknown")));
        return causes;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
