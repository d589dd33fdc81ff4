package tocsin.dispatcher.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.payload.BreachPayload;
import tocsin.dispatcher.payload.MoreLink;
import tocsin.dispatcher.payload.Update;
import tocsin.dispatcher.payload.WithdrawnPayload;
import tocsin.schemas.Audience;

/** What we send of our own is as the schemas say that receivers are shown. */
class OwnPayloadsTest {

    private static final Optional<Update> UPDATE = Optional.of(new Update(Notification.Kind.WIDENED, new UUID(0, 1)));

    @Test
    void aBreachIsAsItsSchemaSays() {
        // Given
        Match match = Samples.read(Samples.matched(
                "org:acme",
                Samples.advisory().setAdvisoryUrl("https://example.org/advisories/1"),
                List.of(
                        Samples.download("e1", "2026-04-15T08:30:00Z", Samples.bot("b1", "example-org/one")),
                        Samples.download("e2", "2026-04-14T12:00:00Z", Samples.human("u1")))));

        // When
        BreachPayload payload = new BreachPayload(
                new UUID(0, 1),
                new UUID(0, 2),
                match.advisory(),
                match.fetchedVersions(),
                match.downloads(),
                true,
                UPDATE,
                Optional.of(new MoreLink(URI.create("https://tocsin.example.com"), new Audience.Organisation("acme"))),
                true);
        String json = payload.json();

        // Then
        assertEquals(List.of(), problems(BreachPayload.TYPE, json));
        assertEquals(List.of(), problems(BreachPayload.TYPE, payload.thinJson()));
        // Only the thin form may leave out what was downloaded.
        assertFalse(problems(BreachPayload.TYPE, payload.thinJson().replace("\"thin\":true,", ""))
                .isEmpty());
        assertEquals(
                List.of("/advisory/severity fails enum", "/affected_downloads/0 fails required version"),
                problems(
                        BreachPayload.TYPE,
                        json.replace("\"critical\"", "\"unrated\"").replaceFirst("\"version\":", "\"vers\":")));
    }

    @Test
    void aWithdrawalIsAsItsSchemaSays() {
        Match match = Samples.read(Samples.matched(
                "org:acme",
                Samples.advisory().setWithdrawnAt(Samples.PUBLISHED),
                Samples.downloads(1, "2026-04-15T08:30:00Z")));

        String json =
                new WithdrawnPayload(new UUID(0, 1), new UUID(0, 2), match.advisory(), UPDATE.orElseThrow()).json();

        assertEquals(List.of(), problems(WithdrawnPayload.TYPE, json));
    }

    private static List<String> problems(String type, String json) {
        return EventReaderTest.TYPES.all().stream()
                .filter(each -> each.name().equals(type))
                .findFirst()
                .orElseThrow()
                .problems(StrictJson.read(json, "payload"));
    }
}
