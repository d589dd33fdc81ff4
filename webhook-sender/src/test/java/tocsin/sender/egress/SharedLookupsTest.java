package tocsin.sender.egress;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Eight threads, of which an organisation has one. */
class SharedLookupsTest {

    private static final InetAddress ADDRESS = InetAddress.ofLiteral("192.0.2.1");

    /** Names whose server does not answer before the end of the test. */
    private final Set<String> slow = ConcurrentHashMap.newKeySet();

    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final CountDownLatch end = new CountDownLatch(1);
    private final SharedLookups lookups = new SharedLookups(this::addressesOf, 8, Duration.ofSeconds(10));

    private InetAddress[] addressesOf(String host) throws UnknownHostException {
        asked.add(host);
        if (slow.contains(host)) {
            try {
                end.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        }
        return new InetAddress[] {ADDRESS};
    }

    @AfterEach
    void close() {
        end.countDown();
        lookups.close();
    }

    private List<InetAddress> answer(String host, String owner) throws Exception {
        return lookups.addressesOf(host, owner).answer().get(10, TimeUnit.SECONDS);
    }

    private void holdAllThreads() {
        for (int owner = 0; owner < 8; owner++) {
            String host = "slow-" + owner + ".example.com";
            slow.add(host);
            var _ = lookups.addressesOf(host, "owner-" + owner);
            await().until(() -> asked.contains(host));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"owner-1", "somebody"})
    void delaysNoNameThatWasQuickForThoseThatAreSlow(String owner) throws Exception {
        // Given
        answer("sound.example.com", owner);

        // When
        holdAllThreads();

        // Then
        assertEquals(List.of(ADDRESS), answer("sound.example.com", owner));
    }

    @Test
    void looksUpAnewWhatWasQuick() throws Exception {
        answer("sound.example.com", "one");
        asked.clear();

        answer("sound.example.com", "one");

        assertEquals(Set.of("sound.example.com"), asked);
    }

    @Test
    void trustsNoNameThatIsNewOrHasBecomeSlow() throws Exception {
        // Given
        answer("changing.example.com", "one");
        slow.add("changing.example.com");
        LookupLane.Asked changed = lookups.addressesOf("changing.example.com", "one");
        end.countDown();
        assertThrows(Exception.class, () -> changed.answer().get(10, TimeUnit.SECONDS));
        slow.clear();

        // Then
        assertFalse(lookups.wasQuick("changing.example.com"));
        assertFalse(lookups.wasQuick("new.example.com"));
    }
}
