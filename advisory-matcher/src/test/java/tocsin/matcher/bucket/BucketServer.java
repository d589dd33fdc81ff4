package tocsin.matcher.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A bucket over HTTP, with an entity tag for each thing, that can be as bad as a test wants it. */
final class BucketServer implements AutoCloseable {

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private volatile Answer others = it -> it.sendResponseHeaders(404, -1);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    /** What is sent for a path. */
    @FunctionalInterface
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    BucketServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath().substring("/bucket/".length());
            asked.add(path);
            try (exchange) {
                answers.getOrDefault(path, it -> others.to(it)).to(exchange);
            }
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/bucket";
    }

    BucketServer put(String path, String content) {
        return put(path, content.getBytes(UTF_8));
    }

    BucketServer put(String path, byte[] content) {
        String etag = "\"" + Integer.toHexString(java.util.Arrays.hashCode(content)) + "\"";
        return answer(path, exchange -> {
            exchange.getResponseHeaders().set("ETag", etag);
            if (Optional.ofNullable(exchange.getRequestHeaders().getFirst("If-None-Match"))
                    .equals(Optional.of(etag))) {
                exchange.sendResponseHeaders(304, -1);
                return;
            }
            exchange.sendResponseHeaders(200, content.length == 0 ? -1 : content.length);
            exchange.getResponseBody().write(content);
        });
    }

    /** The list of what changed in the folder npm, a line each. */
    BucketServer lists(String... lines) {
        return put(
                "npm/modified_id.csv", Stream.of(lines).map(line -> line + "\n").collect(Collectors.joining()));
    }

    /** A record of the folder npm. */
    BucketServer has(String id, String modified) {
        return put("npm/" + id + ".json", record(id, modified));
    }

    /** The archive of the folder npm, of one record. */
    BucketServer archives(String id, String modified) {
        return put("npm/all.zip", zip(Map.of(id + ".json", record(id, modified))));
    }

    BucketServer status(String path, int status, String... header) {
        return answer(path, exchange -> {
            if (header.length == 2) {
                exchange.getResponseHeaders().set(header[0], header[1]);
            }
            exchange.sendResponseHeaders(status, -1);
        });
    }

    /** Sends a little and then nothing, for as long as the server lives. */
    BucketServer stalls(String path, byte[] beginning) {
        return answer(path, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream body = exchange.getResponseBody();
            body.write(beginning);
            body.flush();
            try {
                closing.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }

    BucketServer answer(String path, Answer answer) {
        answers.put(path, answer);
        return this;
    }

    /** @param record of its id, for each that is asked for below the path */
    BucketServer answerAll(String path, UnaryOperator<String> record) {
        others = exchange -> {
            String asked = exchange.getRequestURI().getPath().substring("/bucket/".length());
            if (!asked.startsWith(path)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] content = record.apply(asked.substring(path.length()).replace(".json", ""))
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
        };
        return this;
    }

    BucketServer remove(String path) {
        answers.remove(path);
        return this;
    }

    /** Paths, since the last call. */
    List<String> asked() {
        List<String> paths = List.copyOf(asked);
        asked.clear();
        return paths;
    }

    /** @param records by name of the entry */
    static byte[] zip(Map<String, String> records) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (var each : records.entrySet()) {
                zip.putNextEntry(new ZipEntry(each.getKey()));
                zip.write(each.getValue().getBytes(UTF_8));
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static String record(String id, String modified) {
        return "{\"id\": \"" + id + "\", \"modified\": \"" + modified + "\", \"affected\": [{\"package\": "
                + "{\"ecosystem\": \"npm\", \"name\": \"event-stream\"}, \"versions\": [\"3.3.6\"]}]}";
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
    }
}
