package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedMetricsTest {

    @ParameterizedTest
    @CsvSource({
        // received before, modified before, received, modified, last received, newest record; in seconds
        "100, 50, 200, 150, 200, 150",
        "100, 50, 200, 40,  200, 50",
        "100, 50, 90,  60,  100, 60",
        "100, 50, 200, 900, 200, 200",
    })
    void showsTheNewestOfEachFeed(
            long receivedBefore, long modifiedBefore, long received, long modified, double last, double newest) {
        // Given
        MeterRegistry registry = new SimpleMeterRegistry();
        FeedMetrics metrics = new FeedMetrics(registry, new FeedTags());
        metrics.received("osv", at(receivedBefore), at(modifiedBefore));

        // When
        metrics.received("osv", at(received), at(modified));
        metrics.received("ghsa", at(1000), at(1000));

        // Then
        assertEquals(last, gauge(registry, "tocsin.feeds.last.received"));
        assertEquals(newest, gauge(registry, "tocsin.feeds.newest.record"));
    }

    @Test
    void anAdvisoryThatIsTakenInShows() {
        try (MatchPipe pipe = new MatchPipe()) {
            // When
            assertNull(pipe.registry.find("tocsin.feeds.last.received").gauge());
            pipe.publish(Samples.osv("GHSA-1"));

            // Then
            assertEquals(
                    (double) Samples.PUBLISHED.getEpochSecond(), gauge(pipe.registry, "tocsin.feeds.last.received"));
        }
    }

    private static double gauge(MeterRegistry registry, String name) {
        return registry.get(name).tag("feed", "osv").gauge().value();
    }

    private static Instant at(long seconds) {
        return Instant.ofEpochSecond(seconds);
    }
}
