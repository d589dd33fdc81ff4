package tocsin.matcher.topology;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Principal;

/**
 * Who was erased, by nothing but a hash. From the moment that an erasure is remembered no download of the subject is read or
 * stored with what it says of a person, whether its row was swept yet or not. Used by its stream thread alone.
 */
final class ErasureRepository {

    /** Longer than logs are kept anywhere: one that is shipped late brings nobody back. */
    static final Duration REMEMBERED = Duration.ofDays(3_660);

    private static final Duration BETWEEN_FORGETTINGS = Duration.ofHours(1);

    /** Hashes have 64 digits. Spares everybody's downloads the look for their own, where nobody was ever erased. */
    private static final Bytes ANY = Bytes.wrap(new byte[] {'*'});

    private static final byte[] MARK = {1};

    private final KeyValueStore<Bytes, byte[]> erasures;
    private final StateChanges changes;
    private final Clock clock;
    private Instant forgotAt = Instant.MIN;

    /** The count of changes at which nobody had been erased. */
    private OptionalLong nobodyAsOf = OptionalLong.empty();

    ErasureRepository(KeyValueStore<Bytes, byte[]> erasures, StateChanges changes, Clock clock) {
        this.erasures = erasures;
        this.changes = changes;
        this.clock = clock;
    }

    /** From here on. All of it is written again at a repeat: that it is in the store does not prove that the changelog has it. */
    void remember(ErasureSubject subject, Instant requestedAt) {
        Instant now = clock.instant();
        Bytes key = keyOf(subject);
        Instant until = Optional.ofNullable(erasures.get(key))
                .map(known -> decode(known).requestedAt())
                .filter(requestedAt::isBefore)
                .orElse(requestedAt);
        erasures.put(key, new Remembered(until, now).encode());
        erasures.put(ANY, MARK);
        changes.erasureWritten();
        if (forgotAt.isBefore(now.minus(BETWEEN_FORGETTINGS))) {
            forgotAt = now;
            forget(now.minus(REMEMBERED));
        }
    }

    private void forget(Instant before) {
        List<Bytes> old = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> all = erasures.all()) {
            while (all.hasNext()) {
                var row = all.next();
                if (!row.key.equals(ANY) && decode(row.value).rememberedAt().isBefore(before)) {
                    old.add(row.key);
                }
            }
        }
        old.forEach(erasures::delete);
    }

    private boolean isNobodyErased() {
        OptionalLong now = OptionalLong.of(changes.ofErasures());
        if (!now.equals(nobodyAsOf)) {
            if (erasures.get(ANY) != null) {
                return false;
            }
            nobodyAsOf = now;
        }
        return true;
    }

    /** What is left of the downloads of one audience. To be asked anew after each record, since it remembers what it found. */
    Remains of(String audience) {
        return new Remains(audience);
    }

    /** The downloads of one audience, without those who were erased. */
    final class Remains {

        private final String audience;
        private final boolean none;
        private final Map<Principal, Erased> erased = new HashMap<>();

        private Remains(String audience) {
            this.audience = audience;
            this.none = isNobodyErased();
        }

        /** @return the download itself, or without who fetched it; empty if it is nobody else's. */
        Optional<AffectedDownload> of(AffectedDownload download) {
            if (none) {
                return Optional.of(download);
            }
            Erased known = erased.computeIfAbsent(download.getPrincipal(), this::look);
            if (isUpTo(download, known.wholly())) {
                return Optional.empty();
            }
            return Optional.of(isUpTo(download, known.asPerson()) ? anonymous(download) : download);
        }

        private Erased look(Principal principal) {
            Instant wholly = Instant.MIN;
            Instant asPerson = Instant.MIN;
            for (ErasureSubject subject : ErasureSubject.subjectsOf(audience, principal)) {
                byte[] found = erasures.get(keyOf(subject));
                if (found != null) {
                    Instant until = decode(found).requestedAt();
                    switch (subject) {
                        case ErasureSubject.OfToken _ -> wholly = until;
                        case ErasureSubject.OfOrganisation _, ErasureSubject.OfEmail _ ->
                            asPerson = until.isAfter(asPerson) ? until : asPerson;
                    }
                }
            }
            return new Erased(wholly, asPerson);
        }
    }

    /**
     * Up to when the downloads of a principal are erased.
     *
     * @param wholly those that concern nobody but the holder of the token
     * @param asPerson those whose audience has to know what was fetched in its name, not by whom
     */
    private record Erased(Instant wholly, Instant asPerson) {}

    /** Whether it is one of those that a request of that time is about: a log that is shipped late brings nobody back. */
    static boolean isUpTo(AffectedDownload download, Instant requestedAt) {
        return !download.getFetchedAt().isAfter(requestedAt)
                || !download.getReceivedAt().isAfter(requestedAt);
    }

    static AffectedDownload anonymous(AffectedDownload download) {
        return new AffectedDownload(
                download.getEventId(),
                download.getVersion(),
                download.getFetchedAt(),
                download.getReceivedAt(),
                new Principal(download.getPrincipal().getType(), ErasureSubject.ERASED_ID, null, null, null));
    }

    static boolean isAnonymous(AffectedDownload download) {
        return download.getPrincipal().getId().equals(ErasureSubject.ERASED_ID);
    }

    private static Bytes keyOf(ErasureSubject subject) {
        return Bytes.wrap(RecordKeys.privacyErasure(subject).getBytes(StandardCharsets.UTF_8));
    }

    private static Remembered decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new Remembered(Instant.ofEpochMilli(in.getLong()), Instant.ofEpochMilli(in.getLong()));
    }

    /** @param requestedAt the latest of all requests of the subject */
    private record Remembered(Instant requestedAt, Instant rememberedAt) {

        byte[] encode() {
            return ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(requestedAt.toEpochMilli())
                    .putLong(rememberedAt.toEpochMilli())
                    .array();
        }
    }
}
