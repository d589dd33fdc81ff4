package tocsin.local.trial;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets containers in to a server that listens on this machine's own address only. */
final class Door implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Door.class);

    private final ServerSocket door;
    private final int inside;
    private final ExecutorService visits = Executors.newVirtualThreadPerTaskExecutor();

    /** @param inside port of 127.0.0.1 */
    private Door(ServerSocket door, int inside) {
        this.door = door;
        this.inside = inside;
        visits.execute(this::open);
    }

    /** @param address of this machine by which containers reach it */
    static Door at(InetAddress address, int inside) {
        try {
            ServerSocket door = new ServerSocket();
            door.bind(new InetSocketAddress(address, 0));
            return new Door(door, inside);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen at " + address, e);
        }
    }

    int port() {
        return door.getLocalPort();
    }

    private void open() {
        while (!door.isClosed()) {
            try {
                Socket visitor = door.accept();
                visits.execute(() -> visit(visitor));
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("door.closed");
            }
        }
    }

    private void visit(Socket visitor) {
        try (visitor;
                Socket host = new Socket(InetAddress.getLoopbackAddress(), inside)) {
            Thread back = Thread.startVirtualThread(() -> carry(host, visitor));
            carry(visitor, host);
            back.join();
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("door.visit-broken");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void carry(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("door.visit-broken");
        }
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close a door", e);
        } finally {
            visits.shutdownNow();
        }
    }
}
