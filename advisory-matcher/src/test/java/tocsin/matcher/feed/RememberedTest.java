package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.feed.OsvRecords.npm;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;

class RememberedTest {

    private static final Instant FIRST = Instant.parse("2026-04-17T10:05:00Z");
    private static final Instant LATER = Instant.parse("2026-05-01T00:00:00Z");

    @Test
    void whatIsRememberedSurvivesItsEncoding() {
        Remembered remembered = new Remembered(
                LATER,
                FIRST,
                Set.of(npm("@scope/a"), new PackageKey(Ecosystem.PYPI, "zope-interface")),
                Map.of(npm("b"), FIRST, npm("c"), Instant.EPOCH));

        assertEquals(remembered, Remembered.decode(remembered.encode()));
    }
}
