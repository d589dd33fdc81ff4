package tocsin.sender.egress;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A listener on 127.0.0.1, or where a test says, that does to each connection whatever a test says, on the raw socket or after the TLS handshake. */
final class HostileServer implements AutoCloseable {

    /** May block and may fail; the connection is closed afterwards. */
    @FunctionalInterface
    interface Behaviour {
        void serve(Socket connection) throws IOException, InterruptedException;
    }

    private final ServerSocket listener;
    private final Behaviour behaviour;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CopyOnWriteArrayList<Socket> connections = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();

    private HostileServer(Behaviour behaviour) {
        this(behaviour, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    }

    private HostileServer(Behaviour behaviour, InetSocketAddress place) {
        this.behaviour = behaviour;
        try {
            listener = new ServerSocket();
            listener.bind(place);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    static HostileServer raw(Behaviour behaviour) {
        return new HostileServer(behaviour);
    }

    /** Only counts who comes. */
    static HostileServer counting(String address, int port) {
        return new HostileServer(Socket::close, new InetSocketAddress(InetAddress.ofLiteral(address), port));
    }

    /** Shakes hands and reads the request before it misbehaves. */
    static HostileServer tls(SSLContext context, Behaviour behaviour) {
        return tlsOver(context, (secured, _) -> behaviour.serve(secured));
    }

    /** May misbehave below the TLS, too. */
    @FunctionalInterface
    interface LowBehaviour {
        void serve(SSLSocket secured, Socket below) throws IOException, InterruptedException;
    }

    static HostileServer tlsOver(SSLContext context, LowBehaviour behaviour) {
        return new HostileServer(connection -> {
            SSLSocket secured = (SSLSocket)
                    context.getSocketFactory().createSocket(connection, "127.0.0.1", connection.getPort(), true);
            secured.setUseClientMode(false);
            secured.startHandshake();
            readRequest(secured.getInputStream());
            behaviour.serve(secured, connection);
            if (!connection.isClosed()) {
                secured.close();
            }
        });
    }

    /** Up to the end of the headers; the tests' bodies come in the same piece or do not matter. */
    static void readRequest(InputStream in) throws IOException {
        int newLines = 0;
        while (newLines < 2) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            newLines = next == '\n' ? newLines + 1 : next == '\r' ? newLines : 0;
        }
    }

    static void forever() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    static void drip(Socket connection, String drop) throws IOException, InterruptedException {
        while (true) {
            write(connection, drop);
            Thread.sleep(20);
        }
    }

    /** Ends with a reset in place of a close. */
    static void reset(Socket connection) throws IOException {
        connection.setSoLinger(true, 0);
        connection.close();
    }

    static void write(Socket connection, String text) throws IOException {
        OutputStream out = connection.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toByteArray();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                accepted.incrementAndGet();
                connections.add(connection);
                threads.execute(() -> serve(connection));
            }
        } catch (IOException _) {
            // Closed: the test is over.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            behaviour.serve(connection);
        } catch (IOException _) {
            // The client went away, which is what most tests are about.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    int accepted() {
        return accepted.get();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            listener.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
