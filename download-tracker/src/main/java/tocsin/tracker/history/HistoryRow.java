package tocsin.tracker.history;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.tracker.identity.Principal;
import tocsin.tracker.identity.PrincipalMessage;

/** One download as the history keeps it. */
record HistoryRow(
        UUID eventId,
        Instant fetchedAt,
        Instant receivedAt,
        Audience audience,
        PackageKey packageKey,
        String version,
        String source,
        Optional<String> originRegistry,
        Principal principal) {

    private static final int LONGEST_TEXT = 1_024;
    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    /** @throws IllegalArgumentException if a text is empty, too long or holds control characters, or a time is not in the years 1970 to 9999. */
    HistoryRow {
        check("version", version);
        check("source", source);
        originRegistry.ifPresent(text -> check("origin_registry", text));
        check("fetched_at", fetchedAt);
        check("received_at", receivedAt);
    }

    /** @throws IllegalArgumentException if the message breaks a rule; says which, and nothing of the content. */
    static HistoryRow of(DownloadRecorded message) {
        Ecosystem ecosystem = Ecosystem.ofWireName(message.getEcosystem())
                .orElseThrow(() -> new IllegalArgumentException("unknown ecosystem"));
        return new HistoryRow(
                uuid(message.getEventId()),
                message.getFetchedAt(),
                message.getReceivedAt(),
                Audience.parse(message.getAudience()),
                new PackageKey(ecosystem, message.getPackageName()),
                message.getVersion(),
                message.getSource(),
                message.getOriginRegistry(),
                PrincipalMessage.read(message.getPrincipal()));
    }

    /** The message that it was made of, unless the principal was erased since. */
    DownloadRecorded message() {
        return DownloadRecorded.newBuilder()
                .setEventId(eventId.toString())
                .setSource(source)
                .setEcosystem(packageKey.ecosystem().wireName())
                .setPackageName(packageKey.name())
                .setVersion(version)
                .setFetchedAt(fetchedAt)
                .setReceivedAt(receivedAt)
                .setAudience(audience.text())
                .setPrincipal(PrincipalMessage.write(principal))
                .setOriginRegistry(originRegistry.orElse(null))
                .build();
    }

    private static UUID uuid(String text) {
        try {
            UUID uuid = UUID.fromString(text);
            // It also reads shortened forms, which would come out as another text.
            if (uuid.toString().equals(text)) {
                return uuid;
            }
        } catch (IllegalArgumentException _) {
            // Said below, without the text.
        }
        throw new IllegalArgumentException("event_id is no UUID");
    }

    private static void check(String what, String text) {
        if (text.isEmpty() || text.length() > LONGEST_TEXT || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    what + " must have 1 to " + LONGEST_TEXT + " characters and no control characters");
        }
    }

    private static void check(String what, Instant time) {
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw new IllegalArgumentException(what + " is not in the years 1970 to 9999");
        }
    }
}
