package tocsin.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tocsin.testsupport.LocalAuthority;

/**
 * An HTTPS receiver that costs as little as one can: on 127.0.0.1, a virtual thread for each connection, which it keeps open, and of a request no more is
 * read than its path, its {@code webhook-id} and its length.
 */
final class ReceiverServer implements AutoCloseable {

    private static final int BACKLOG = 4096;
    private static final int LONGEST_LINE = 16 * 1024;

    /** What it answers. */
    @FunctionalInterface
    interface Script {

        /**
         * Called when the whole request is there; may take its time.
         *
         * @return the status
         */
        int answer(String path, String webhookId) throws InterruptedException;
    }

    private final ServerSocket server;
    private final Script script;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService connections = Executors.newVirtualThreadPerTaskExecutor();

    ReceiverServer(LocalAuthority authority, Script script) {
        this.script = script;
        try {
            server = authority
                    .serverContext("127.0.0.1")
                    .getServerSocketFactory()
                    .createServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().name("bench-receiver").daemon().start(this::accept);
    }

    String url(String path) {
        return "https://127.0.0.1:" + server.getLocalPort() + path;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                connections.execute(() -> serve(socket));
            } catch (IOException _) {
                // Closed, or one caller less: what a caller does not get, the figures show.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (answer(in, socket)) {
                // The next request comes on the same connection.
            }
        } catch (IOException _) {
            // The caller has left.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    private boolean answer(InputStream in, Socket socket) throws IOException, InterruptedException {
        String request = line(in);
        if (request.isEmpty()) {
            return false;
        }
        String webhookId = "";
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("webhook-id:")) {
                webhookId = header.substring(11).strip();
            } else if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            }
        }
        in.skipNBytes(length);
        int status = script.answer(request.split(" ", -1)[1], webhookId);
        socket.getOutputStream().write(("HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\n\r\n").getBytes(ISO_8859_1));
        return true;
    }

    /** Empty at the end of the connection, too. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n' && next >= 0; next = in.read()) {
            if (line.length() == LONGEST_LINE) {
                throw new EOFException("a line without an end");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connections.shutdownNow();
    }
}
