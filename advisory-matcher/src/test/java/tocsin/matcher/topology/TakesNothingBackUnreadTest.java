package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.matcher.topology.Samples.Osv;
import tocsin.schemas.avro.AffectedDownload;

/** What a revision says that cannot be read takes nothing back of what an earlier one said. */
class TakesNothingBackUnreadTest {

    private static final Osv WHOLE = osv("GHSA-1").affecting("""
            "versions": ["1.0.0"], "ranges": [
             {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}]""");

    private static final Osv WITH_A_BAD_BORDER =
            WHOLE.modifiedAt("2026-04-17T11:00:00Z").affecting("""
            "versions": ["1.0.0"], "ranges": [
             {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.x"}]}]""");

    @Test
    void storedAndLateDownloadsOfWhatARevisionSaysUnreadablyAreToldOf() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.download(download("stored").setVersion("1.5.0"));
            pipe.publish(WHOLE);
            pipe.matches();

            // When
            pipe.publish(WITH_A_BAD_BORDER);
            pipe.download(download("late").setVersion("1.5.1"));

            // Then
            assertEquals(List.of("stored", "late"), told(pipe));
            assertEquals(1, pipe.quarantined().size());
        }
    }

    @Test
    void aRevisionThatCanBeReadWholeTakesItBack() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.publish(WHOLE);
            pipe.publish(WITH_A_BAD_BORDER);
            pipe.publish(WHOLE.modifiedAt("2026-04-17T11:30:00Z").affecting("\"versions\": [\"1.0.0\"]"));

            // When
            pipe.download(download("late").setVersion("1.5.1"));
            pipe.download(download("listed").setVersion("1.0.0"));

            // Then
            assertEquals(List.of("listed"), told(pipe));
        }
    }

    private static List<String> told(MatchPipe pipe) {
        return pipe.matches().stream()
                .flatMap(match -> match.getDownloads().stream())
                .map(AffectedDownload::getEventId)
                .toList();
    }
}
