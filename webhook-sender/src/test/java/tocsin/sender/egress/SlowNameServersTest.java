package tocsin.sender.egress;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static tocsin.sender.egress.EgressClients.DEADLINE;
import static tocsin.sender.egress.EgressClients.broken;
import static tocsin.sender.egress.EgressClients.request;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.sender.egress.EgressResult.ErrorClass;

/** Look-ups are bounded, and shared out among organisations. */
class SlowNameServersTest {

    private final EgressClients egress = new EgressClients();

    @AfterEach
    void close() throws IOException {
        egress.close();
    }

    /** A name server that keeps everybody waiting for names of that beginning, until the test is over. */
    private static final class SlowLookup implements Lookup, AutoCloseable {

        private final CountDownLatch end = new CountDownLatch(1);
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public InetAddress[] addressesOf(String host) throws UnknownHostException {
            if (!host.startsWith("slow")) {
                return new InetAddress[] {InetAddress.ofLiteral("10.0.0.1")};
            }
            asked.incrementAndGet();
            try {
                end.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        }

        void answer() {
            end.countDown();
        }

        @Override
        public void close() {
            answer();
        }
    }

    @Test
    void waitsForASlowNameServerNoLongerThanTheDeadlineAndKeepsOneThreadForIt() throws InterruptedException {
        // Given
        SlowLookup slow = new SlowLookup();
        EgressClient client = egress.client(slow, Duration.ofMillis(300));

        // When
        EgressResult first = client.post(request("https://slow.example.com/"));
        EgressResult second = client.post(request("https://slow.example.com/"));
        EgressResult other = client.post(request("https://other.example.com/"));
        slow.answer();

        // Then
        assertEquals("timed out while looking up the host name", broken(first).reason());
        assertEquals("timed out while looking up the host name", broken(second).reason());
        assertEquals(ErrorClass.ADDRESS, broken(other).errorClass());
        assertEquals(1, slow.asked.get());
    }

    @Test
    void delaysNobodyForTheManySlowNamesOfOneOrganisation() throws Exception {
        try (SlowLookup slow = new SlowLookup();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given
            EgressClient client = egress.client(slow, DEADLINE);
            List<Future<EgressResult>> results = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                EgressRequest request = request("https://slow-" + i + ".example.com/", "one");
                results.add(threads.submit(() -> client.post(request)));
            }
            await().until(() -> slow.asked.get() >= 2);

            // When
            EgressResult other = client.post(request("https://hooks.example.com/", "another"));

            // Then
            assertEquals(ErrorClass.ADDRESS, broken(other).errorClass());
            for (Future<EgressResult> result : results) {
                assertEquals(
                        "timed out while looking up the host name",
                        broken(result.get()).reason());
            }
            assertEquals(2, slow.asked.get());
        }
    }

    @Test
    void looksUpWhatHadToWaitForOtherNamesOfItsOrganisation() throws Exception {
        try (SlowLookup slow = new SlowLookup();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given
            EgressClient client = egress.client(slow, Duration.ofSeconds(10), 1, 2);
            Future<EgressResult> first = threads.submit(() -> client.post(request("https://slow.example.com/")));
            await().until(() -> slow.asked.get() == 1);
            Future<EgressResult> second = threads.submit(() -> client.post(request("https://hooks.example.com/")));

            // When
            slow.answer();

            // Then
            assertEquals(ErrorClass.DNS, broken(first.get()).errorClass());
            assertEquals(ErrorClass.ADDRESS, broken(second.get()).errorClass());
        }
    }

    @Test
    void throwsWhenOthersHoldAllThreadsForLookUps() throws Exception {
        try (SlowLookup slow = new SlowLookup();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given
            EgressClient client = egress.client(slow, DEADLINE, 1, 2);
            Future<EgressResult> holder =
                    threads.submit(() -> client.post(request("https://slow.example.com/", "one")));
            await().until(() -> slow.asked.get() == 1);

            // Then
            assertThrows(
                    RejectedExecutionException.class,
                    () -> client.post(request("https://hooks.example.com/", "another")));
            assertEquals(ErrorClass.TIMEOUT, broken(holder.get()).errorClass());
        }
    }
}
