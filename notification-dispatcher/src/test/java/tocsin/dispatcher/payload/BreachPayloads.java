package tocsin.dispatcher.payload;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.Match;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.AffectedDownload;

/** Payloads of the first notice of an incident, for an organisation that is told where the rest is. */
final class BreachPayloads {

    private static final UUID NOTIFICATION = UUID.fromString("00000000-0000-5000-8000-000000000001");
    private static final UUID INCIDENT = UUID.fromString("00000000-0000-4000-8000-000000000002");
    private static final MoreLink MORE =
            new MoreLink(URI.create("https://tocsin.example.com/"), new Audience.Organisation("acme"));

    private BreachPayloads() {}

    static Match match(List<AffectedDownload> downloads) {
        return Samples.read(Samples.matched("org:acme", Samples.advisory(), downloads));
    }

    static BreachPayload payload(Match match, boolean truncated) {
        return new BreachPayload(
                NOTIFICATION,
                INCIDENT,
                match.advisory(),
                match.fetchedVersions(),
                match.downloads(),
                truncated,
                Optional.empty(),
                Optional.of(MORE),
                false);
    }
}
