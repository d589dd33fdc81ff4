package tocsin.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps a book of all that it was sent, and takes what processes send over TCP: one line, one answer. Refuses each third record's first attempt. */
final class BookedReceiver implements Receiver, AutoCloseable {

    /** Where a record lay. */
    record Place(String topic, int partition, long offset) {}

    record Sent(String body, Place place) {}

    private final ServerSocket server;
    private final List<Sent> sent = new ArrayList<>();
    private final Set<String> settled = new HashSet<>();

    BookedReceiver() throws IOException {
        server = new ServerSocket(0, 1_000, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        Thread.ofPlatform().daemon().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    synchronized List<Sent> sent() {
        return List.copyOf(sent);
    }

    synchronized Set<String> settled() {
        return Set.copyOf(settled);
    }

    static boolean isRefusedAtFirst(String body) {
        return body.hashCode() % 3 == 0;
    }

    @Override
    public synchronized boolean isSettled(String body) {
        return settled.contains(body);
    }

    @Override
    public boolean send(String body, Delivery delivery) {
        return send(body, delivery.attempt(), new Place(delivery.topic(), delivery.partition(), delivery.offset()));
    }

    private synchronized boolean send(String body, int attempt, Place place) {
        sent.add(new Sent(body, place));
        return attempt > 1 || !isRefusedAtFirst(body);
    }

    @Override
    public synchronized void settle(String body) {
        settled.add(body);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException _) {
                // Closed.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            String line = in.readLine();
            if (line != null) {
                socket.getOutputStream().write((answer(line.split("\t", -1)) + "\n").getBytes(UTF_8));
            }
        } catch (IOException _) {
            // Whoever asked was killed.
        }
    }

    private boolean answer(String[] asked) {
        return switch (asked[0]) {
            case "settled?" -> isSettled(asked[1]);
            case "send" ->
                send(
                        asked[1],
                        Integer.parseInt(asked[2]),
                        new Place(asked[3], Integer.parseInt(asked[4]), Long.parseLong(asked[5])));
            case "settle" -> {
                settle(asked[1]);
                yield true;
            }
            default -> throw new IllegalArgumentException(asked[0]);
        };
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** The same, seen from another process. */
    static Receiver at(int port) {
        return new Receiver() {
            @Override
            public boolean isSettled(String body) {
                return ask("settled?", body);
            }

            @Override
            public boolean send(String body, Delivery delivery) {
                return ask(
                        "send",
                        body,
                        Integer.toString(delivery.attempt()),
                        delivery.topic(),
                        Integer.toString(delivery.partition()),
                        Long.toString(delivery.offset()));
            }

            @Override
            public void settle(String body) {
                ask("settle", body);
            }

            private boolean ask(String... words) {
                try (Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port)) {
                    socket.getOutputStream().write((String.join("\t", words) + "\n").getBytes(UTF_8));
                    String answer =
                            new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
                    if (answer == null) {
                        throw new IOException("no answer");
                    }
                    return Boolean.parseBoolean(answer);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    /** How often each was sent more than it had to be. */
    synchronized Map<String, Integer> repeated() {
        Map<String, Integer> times = new HashMap<>();
        sent.forEach(it -> times.merge(it.body(), 1, Integer::sum));
        Map<String, Integer> repeated = new HashMap<>();
        times.forEach((body, n) -> {
            int more = n - (isRefusedAtFirst(body) ? 2 : 1);
            if (more > 0) {
                repeated.put(body, more);
            }
        });
        return repeated;
    }
}
