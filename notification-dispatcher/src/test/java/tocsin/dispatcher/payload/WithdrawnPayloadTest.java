package tocsin.dispatcher.payload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.ledger.Notification;

class WithdrawnPayloadTest {

    private static final Update UPDATE =
            new Update(Notification.Kind.WITHDRAWN, UUID.fromString("00000000-0000-5000-8000-000000000001"));

    private static WithdrawnPayload payload(boolean withdrawn) {
        var advisory = Samples.advisory().setAliases(List.of("MAL-2026-1")).setNarrowed(!withdrawn);
        if (withdrawn) {
            advisory.setWithdrawnAt(Samples.PUBLISHED.plusSeconds(3600));
        }
        return new WithdrawnPayload(
                UUID.fromString("00000000-0000-5000-8000-000000000002"),
                UUID.fromString("00000000-0000-4000-8000-000000000003"),
                Samples.read(Samples.matched("org:acme", advisory, Samples.downloads(1, "2026-04-15T08:30:00Z")))
                        .advisory(),
                UPDATE);
    }

    @Test
    void saysWhatIsTakenBackAndWhatWasTold() {
        assertEquals("""
                {"advisory":{"advisory_id":"GHSA-aaaa-bbbb-cccc","ecosystem":"npm","package_name":"example-pkg",\
                "published_at":"2026-04-17T10:00:00Z","withdrawn_at":"2026-04-17T11:00:00Z","aliases":["MAL-2026-1"]},\
                "notification_id":"00000000-0000-5000-8000-000000000002",\
                "incident_id":"00000000-0000-4000-8000-000000000003",\
                "update":{"kind":"withdrawn","notification_id":"00000000-0000-5000-8000-000000000001"}}""", payload(true).json());
    }

    @Test
    void namesNoTimeWhereThePackageIsOnlyNamedNoMore() {
        assertFalse(payload(false).json().contains("withdrawn_at"));
    }
}
