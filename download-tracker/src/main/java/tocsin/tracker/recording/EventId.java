package tocsin.tracker.recording;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import tocsin.schemas.Audience;
import tocsin.schemas.PackageKey;
import tocsin.tracker.artifact.Coordinates;
import tocsin.tracker.artifact.ProxyRequest;
import tocsin.tracker.artifact.SourceKind;
import tocsin.tracker.identity.Principal;
import tocsin.tracker.intake.Fetch;
import tocsin.tracker.intake.Observation;

/**
 * The id of a download: a UUID of version 8 made from SHA-256 (RFC 9562, appendix B.2) of the source and its own id of the event or, where it
 * gives none, of all facts that tell one request from another. It never changes from release to release, as everything downstream knows
 * repeats by it.
 */
final class EventId {

    private static final ThreadLocal<Facts> FACTS = ThreadLocal.withInitial(Facts::new);

    private EventId() {}

    static UUID of(Observation observation) {
        Facts facts = FACTS.get().again();
        if (observation.eventId().isPresent()) {
            facts.text("id")
                    .text(observation.source())
                    .text(observation.eventId().get());
        } else {
            write(observation, facts.text("facts"));
        }
        return uuid(facts.hash());
    }

    /** Each text with its length before it, so that no two lists of facts are written alike. */
    private static void write(Observation observation, Facts facts) {
        facts.text(observation.source()).number(observation.fetchedAt().toEpochMilli());
        switch (observation.fetch()) {
            case Fetch.Named(Coordinates(PackageKey packageKey, String version)) ->
                facts.text("named").text(packageKey.text()).text(version);
            case Fetch.Requested(SourceKind _, ProxyRequest request) ->
                facts.text("requested")
                        .text(request.method())
                        .text(request.path())
                        .number(request.status())
                        .number(request.bytes().orElse(-1));
        }
        write(observation.originRegistry(), facts);
        write(observation.claim().organisation().map(Audience.Organisation::orgId), facts);
        write(observation.claim().token().map(Audience.Token::tokenId), facts);
        // What a person is called may be mended between two tellings of the same request.
        write(observation.claim().principal().map(Principal::id), facts);
    }

    private static void write(Optional<String> text, Facts facts) {
        facts.flag(text.isPresent());
        text.ifPresent(facts::text);
    }

    private static UUID uuid(byte[] sha256) {
        ByteBuffer hash = ByteBuffer.wrap(sha256);
        long high = (hash.getLong() & ~0xF000L) | 0x8000L;
        long low = (hash.getLong() & ~(3L << 62)) | (2L << 62);
        return new UUID(high, low);
    }
}
