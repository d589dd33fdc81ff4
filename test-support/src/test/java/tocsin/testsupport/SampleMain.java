package tocsin.testsupport;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/** A program to start and to kill. */
final class SampleMain {

    private SampleMain() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws InterruptedException {
        switch (args[0]) {
            case "fail" -> {
                System.err.println("the reason, on standard error");
                System.exit(3);
            }
            case "parent" -> {
                ChildProcess child = ChildProcess.named("grandchild")
                        .main(SampleMain.class)
                        .args("serve")
                        .start();
                System.out.println("grandchild " + child.pid());
            }
            case "stubborn" ->
                Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitForever(new CountDownLatch(1))));
            default -> Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("tidied up")));
        }
        System.out.println(
                "ready " + System.getenv("COLOUR") + " " + System.getProperty("size") + " " + Arrays.toString(args));
        new CountDownLatch(1).await();
    }

    private static void awaitForever(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
