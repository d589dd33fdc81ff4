package tocsin.tracker.recording;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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

    /** To look one up costs as much as a hash. Each use leaves it as new. */
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(EventId::sha256);

    private EventId() {}

    static UUID of(Observation observation) {
        ByteArrayOutputStream facts = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(facts)) {
            if (observation.eventId().isPresent()) {
                out.writeUTF("id");
                out.writeUTF(observation.source());
                out.writeUTF(observation.eventId().get());
            } else {
                out.writeUTF("facts");
                writeFacts(observation, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return uuid(facts.toByteArray());
    }

    /** Each text with its length before it, so that no two lists of facts are written alike. */
    private static void writeFacts(Observation observation, DataOutputStream out) throws IOException {
        out.writeUTF(observation.source());
        out.writeLong(observation.fetchedAt().toEpochMilli());
        switch (observation.fetch()) {
            case Fetch.Named(Coordinates(PackageKey packageKey, String version)) -> {
                out.writeUTF("named");
                out.writeUTF(packageKey.text());
                out.writeUTF(version);
            }
            case Fetch.Requested(SourceKind _, ProxyRequest request) -> {
                out.writeUTF("requested");
                out.writeUTF(request.method());
                out.writeUTF(request.path());
                out.writeInt(request.status());
                out.writeLong(request.bytes().orElse(-1));
            }
        }
        write(observation.originRegistry(), out);
        write(observation.claim().organisation().map(Audience.Organisation::orgId), out);
        write(observation.claim().token().map(Audience.Token::tokenId), out);
        // What a person is called may be mended between two tellings of the same request.
        write(observation.claim().principal().map(Principal::id), out);
    }

    private static void write(Optional<String> text, DataOutputStream out) throws IOException {
        out.writeBoolean(text.isPresent());
        if (text.isPresent()) {
            out.writeUTF(text.get());
        }
    }

    private static UUID uuid(byte[] name) {
        ByteBuffer hash = ByteBuffer.wrap(SHA_256.get().digest(name));
        long high = (hash.getLong() & ~0xF000L) | 0x8000L;
        long low = (hash.getLong() & ~(3L << 62)) | (2L << 62);
        return new UUID(high, low);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
