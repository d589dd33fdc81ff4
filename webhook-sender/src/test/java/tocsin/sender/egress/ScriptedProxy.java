package tocsin.sender.egress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * A forward proxy that answers each request for a tunnel with the next of some texts, from the last one on with that; where it begins with a 200 the
 * proxy makes the tunnel too.
 */
final class ScriptedProxy implements AutoCloseable {

    static final String TUNNEL = "HTTP/1.1 200 Connection established\r\nVia: proxy\r\n\r\n";

    /** Says nothing, and closes nothing. */
    static final String SILENCE = "";

    /** Begins a head that never ends, byte by byte. */
    static final String DRIP = "drip";

    private static final Duration BETWEEN_DRIPS = Duration.ofMillis(100);

    private final ServerSocket server;
    private final List<String> answers;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    private ScriptedProxy(ServerSocket server, List<String> answers) {
        this.server = server;
        this.answers = answers;
    }

    static ScriptedProxy answering(String... answers) {
        try {
            ScriptedProxy proxy =
                    new ScriptedProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), List.of(answers));
            Thread.ofVirtual().start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** What it was asked, head by head. */
    List<String> heads() {
        return heads;
    }

    private void accept() {
        for (int asked = 0; !server.isClosed(); asked++) {
            try {
                Socket client = server.accept();
                open.add(client);
                String answer = answers.get(Math.min(asked, answers.size() - 1));
                Thread.ofVirtual().start(() -> serve(client, answer));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket client, String answer) {
        try {
            String head = head(client.getInputStream());
            heads.add(head);
            if (answer.equals(DRIP)) {
                drip(client.getOutputStream());
            }
            client.getOutputStream().write(answer.getBytes(ISO_8859_1));
            if (answer.startsWith("HTTP/1.1 200")) {
                tunnel(client, head);
            } else if (!answer.isEmpty()) {
                client.close();
            }
        } catch (IOException _) {
            // The client has gone.
        }
    }

    private static void drip(OutputStream out) throws IOException {
        out.write("HTTP/1.1 200 OK\r\nVia: ".getBytes(ISO_8859_1));
        while (true) {
            out.write('a');
            LockSupport.parkNanos(BETWEEN_DRIPS.toNanos());
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no whole head");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private void tunnel(Socket client, String head) throws IOException {
        String target = head.substring("CONNECT ".length(), head.indexOf(" HTTP/1.1"));
        int colon = target.lastIndexOf(':');
        Socket receiver = new Socket(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)));
        open.add(receiver);
        Thread.ofVirtual().start(() -> pump(receiver, client));
        pump(client, receiver);
    }

    private static void pump(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException _) {
            // One of them has gone.
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
    }
}
