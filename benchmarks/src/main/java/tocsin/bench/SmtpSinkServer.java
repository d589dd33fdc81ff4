package tocsin.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
import java.util.concurrent.atomic.LongAdder;

/** An SMTP server that costs as little as one can: on 127.0.0.1, a virtual thread for each connection; it takes every mail and keeps none. */
final class SmtpSinkServer implements AutoCloseable {

    private static final int BACKLOG = 1024;
    private static final int BUFFER = 64 * 1024;
    private static final int LONGEST_LINE = 2048;
    private static final byte[] END = "\r\n.\r\n".getBytes(ISO_8859_1);

    private final ServerSocket server;
    private final LongAdder taken = new LongAdder();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService connections = Executors.newVirtualThreadPerTaskExecutor();

    SmtpSinkServer() {
        try {
            server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().name("bench-smtp").daemon().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Mails, to their last byte. */
    long taken() {
        return taken.sum();
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
            InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER);
            OutputStream out = socket.getOutputStream();
            say(out, "220 sink");
            String command = command(in);
            while (!command.isEmpty()) {
                switch (command) {
                    case "DATA" -> {
                        say(out, "354 go on");
                        skipMail(in);
                        taken.increment();
                        say(out, "250 taken");
                    }
                    case "QUIT" -> {
                        say(out, "221 bye");
                        return;
                    }
                    default -> say(out, "250 well");
                }
                command = command(in);
            }
        } catch (IOException _) {
            // The caller has left.
        } finally {
            open.remove(socket);
        }
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(ISO_8859_1));
    }

    /** The first word of the next line; empty at the end of the connection. */
    private static String command(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n' && next >= 0; next = in.read()) {
            if (line.length() == LONGEST_LINE) {
                throw new EOFException("a line without an end");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString().split(" ", 2)[0].toUpperCase(Locale.ROOT);
    }

    private static void skipMail(InputStream in) throws IOException {
        int matched = 0;
        while (matched < END.length) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("a mail without an end");
            }
            if (next == END[matched]) {
                matched++;
            } else {
                matched = next == END[0] ? 1 : 0;
            }
        }
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
