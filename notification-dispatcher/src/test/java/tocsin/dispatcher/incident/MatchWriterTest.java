package tocsin.dispatcher.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.Samples;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.VersionEvent;
import tocsin.schemas.avro.VersionEventKind;
import tocsin.schemas.avro.VersionRange;

class MatchWriterTest {

    @Test
    void isReadAsItWas() {
        // Given
        AdvisoryMatched.Builder matched = Samples.matched(
                        "org:acme",
                        Samples.advisory()
                                .setAliases(List.of("MAL-2026-1"))
                                .setAdvisoryUrl("https://example.org/advisories/1")
                                .setWithdrawnAt(Samples.PUBLISHED)
                                .setNarrowed(true)
                                .setRanges(List.of(VersionRange.newBuilder()
                                        .setEvents(List.of(VersionEvent.newBuilder()
                                                .setKind(VersionEventKind.LAST_AFFECTED)
                                                .setVersion("1.0.0")
                                                .build()))
                                        .build())),
                        List.of(
                                Samples.download(
                                        "e1", "2026-04-15T08:30:00.250Z", Samples.bot("b1", "example-org/one")),
                                Samples.download("e2", "2026-04-14T12:00:00Z", Samples.human("u1")),
                                Samples.download("e3", "2026-04-14T11:00:00Z", Samples.orgToken("t1"))))
                .setNextOlderAt(Instant.parse("2026-04-13T00:00:00Z"))
                .setLate(true);
        Match match = Samples.read(matched);

        // When / Then
        assertEquals(match, MatchReader.read(MatchWriter.bytes(match)));
    }
}
