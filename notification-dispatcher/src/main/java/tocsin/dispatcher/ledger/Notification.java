package tocsin.dispatcher.ledger;

import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import tocsin.schemas.Audience;

/**
 * Something that one audience is told.
 *
 * @param subject for people: the package and its advisory, or the type of the event
 * @param incident only of breach notices
 * @param destinations how many ledger rows it has
 */
public record Notification(
        UUID id, Audience audience, Kind kind, String subject, Optional<UUID> incident, int destinations) {

    /** What it is about. */
    public enum Kind {
        /** The first of an incident. */
        BREACH("breach"),
        /** More downloads of an incident that the audience knows. */
        FOLLOW_UP("follow_up"),
        /** Downloads of versions that an incident affects since it was told. */
        WIDENED("widened"),
        /** An incident that the audience knows is worse than it was told. */
        SEVERITY_RAISED("severity_raised"),
        /** All advisories of an incident were taken back. */
        WITHDRAWN("withdrawn"),
        /** A notice of which the webhook did not arrive, by mail. */
        UNDELIVERED("undelivered"),
        /** Several of those before in one mail, which waited for each other. */
        DIGEST("digest"),
        /** A drill, that an organisation asked for. */
        DRILL("drill"),
        EVENT("event"),
        ADDRESS_CONFIRMATION("address_confirmation");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }

        /** @throws IllegalArgumentException if there is none */
        public static Kind ofText(String text) {
            return Arrays.stream(values())
                    .filter(it -> it.text.equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there is no such kind"));
        }
    }
}
