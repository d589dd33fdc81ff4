package tocsin.testsupport;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Starts a database: on a directory and until it is killed, or on whatever backend its JVM was told and only to see it start. */
final class BackendMain {

    private BackendMain() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws InterruptedException {
        if (args.length == 1) {
            PostgresServer server = PostgresServer.start(Path.of(args[0]), 0);
            System.out.println("started on " + server.port());
            new CountDownLatch(1).await();
        }
        try (PostgresServer _ = PostgresServer.start()) {
            System.out.println("started");
        } catch (IllegalStateException refused) {
            System.out.println("refused: " + refused.getMessage());
        }
    }
}
