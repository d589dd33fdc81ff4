package tocsin.testsupport;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on 127.0.0.1 on which nothing listens, and of which no other process that asks here is told. They lie below the range that operating systems hand to
 * outgoing connections: from that range, a client that reconnects while its server restarts could be given the server's own port and keep it.
 */
public final class FreePorts {

    private static final int LOWEST = 12_000;
    private static final int ABOVE_HIGHEST = 32_000;
    private static final int TRIES = 1_000;

    /** Known for services that are no web servers, so that a webhook to it is refused for its port: MongoDB's. */
    private static final Set<Integer> KNOWN_FOR_OTHERS = Set.of(27_017, 27_018, 27_019);

    /** Open as long as this process lives; the system ends them with it, however it ends. */
    private static final Queue<DatagramSocket> CLAIMS = new ConcurrentLinkedQueue<>();

    private FreePorts() {}

    /** This process's until it ends: a service may take seconds from here until it listens. */
    public static int one() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, ABOVE_HIGHEST);
            if (mayGive(port) && isFree(port) && claim(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port on 127.0.0.1 between " + LOWEST + " and " + ABOVE_HIGHEST);
    }

    /** Whether {@link #one} could ever answer that port. */
    public static boolean mayGive(int port) {
        return port >= LOWEST && port < ABOVE_HIGHEST && !KNOWN_FOR_OTHERS.contains(port);
    }

    /** As many different ones as asked for. */
    public static int[] several(int count) {
        Set<Integer> ports = new TreeSet<>();
        while (ports.size() < count) {
            ports.add(one());
        }
        return ports.stream().mapToInt(Integer::intValue).toArray();
    }

    /** By the same number of UDP, which nothing here listens on. */
    static boolean claim(int port) {
        try {
            CLAIMS.add(new DatagramSocket(new InetSocketAddress(loopback(), port)));
            return true;
        } catch (SocketException | UnknownHostException _) {
            return false;
        }
    }

    /** Whether a server could listen there now; the answer may be old as soon as it is given. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(loopback(), port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static InetAddress loopback() throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    /** {@code port}, or a free one if it is 0. */
    static int orFree(int port) {
        return port == 0 ? one() : port;
    }
}
