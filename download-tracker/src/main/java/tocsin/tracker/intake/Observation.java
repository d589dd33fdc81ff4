package tocsin.tracker.intake;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;
import tocsin.tracker.artifact.Coordinates;
import tocsin.tracker.identity.Claim;

/**
 * One request as a source saw it.
 *
 * @param eventId unique within the source and the same when the event is sent again
 * @param fetchedAt by the source's clock
 * @param originRegistry host of the registry that the package came from; empty: the ecosystem's public one
 */
public record Observation(
        Optional<String> eventId,
        String source,
        Instant fetchedAt,
        Fetch fetch,
        Optional<String> originRegistry,
        Claim claim) {

    private static final int MAX_EVENT_ID_LENGTH = 256;
    private static final int MAX_SOURCE_LENGTH = 128;

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:\\[\\]-]{1,260}");

    /** @throws IllegalArgumentException if a text is empty, too long or holds control characters. */
    public Observation {
        eventId.ifPresent(id -> check("event_id", id, MAX_EVENT_ID_LENGTH));
        check("source", source, MAX_SOURCE_LENGTH);
        originRegistry.ifPresent(host -> {
            if (!HOST.matcher(host).matches()) {
                throw new IllegalArgumentException("origin_registry is not a host");
            }
        });
    }

    /**
     * What all parts of one file have in common that one client fetches within a minute of the clock: of it is made the one id that they count
     * under. The client is whom the claim names.
     */
    public Observation asOneOfItsMinute(Coordinates coordinates) {
        return new Observation(
                Optional.empty(),
                source,
                fetchedAt.truncatedTo(ChronoUnit.MINUTES),
                new Fetch.Named(coordinates),
                originRegistry,
                claim);
    }

    private static void check(String what, String text, int maxLength) {
        if (text.isBlank() || text.length() > maxLength) {
            throw new IllegalArgumentException(
                    what + " must have 1 to " + maxLength + " characters, has " + text.length());
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                throw new IllegalArgumentException(what + " holds control characters");
            }
        }
    }
}
