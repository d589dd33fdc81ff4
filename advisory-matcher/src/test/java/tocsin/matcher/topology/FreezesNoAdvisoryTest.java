package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.service.kafka.QuarantineHeaders;

/** One record with a wrong time holds up none of the true ones. */
class FreezesNoAdvisoryTest {

    @Test
    void aRevisionFromTheFutureIsQuarantinedAndTheTrueWithdrawalAfterItStands() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.download(download("e1"));
            pipe.publish(osv("GHSA-1"));
            pipe.publish(osv("GHSA-1").modifiedAt("2099-01-01T00:00:00Z"));
            pipe.matches();

            // When
            pipe.publish(osv("GHSA-1").modifiedAt("2026-04-17T11:00:00Z").withdrawnAt("2026-04-17T11:00:00Z"));

            // Then
            assertEquals(
                    List.of(true),
                    pipe.matches().stream()
                            .map(AdvisoryMatched::getAdvisory)
                            .map(AdvisoryAccepted::getWithdrawnAt)
                            .map(Optional::isPresent)
                            .toList());
            assertEquals(
                    List.of("modified is more than a day after the receipt"),
                    pipe.quarantined().stream()
                            .map(record -> new String(
                                    record.headers()
                                            .lastHeader(QuarantineHeaders.REASON)
                                            .value(),
                                    UTF_8))
                            .toList());
        }
    }
}
