package tocsin.engine;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as it was read, with what its headers say of its way so far.
 *
 * @param appendedAt when it was written to where it was read
 * @param retry read from a tier
 * @param due earliest time of its attempt; the epoch for a first attempt
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record InboundRecord(
        String topic,
        int partition,
        long offset,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<MessageHeader> headers,
        Progress progress,
        Instant appendedAt,
        boolean retry,
        Instant due) {

    private static final byte[] NOTHING = {};

    /** The key as a map key; records without one share the empty key. */
    String lane() {
        return key == null ? "" : new String(key, StandardCharsets.ISO_8859_1);
    }

    byte[] keyOrNothing() {
        return key == null ? NOTHING : key;
    }

    byte[] valueOrNothing() {
        return value == null ? NOTHING : value;
    }

    /** What it holds in memory, headers included: they may outweigh the body. */
    long bytes() {
        return length(key)
                + length(value)
                + headers.stream()
                        .mapToLong(it -> it.name().length() + length(it.value()))
                        .sum();
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** @param attempt the number to show; differs from the progress once the ladder is spent */
    Delivery delivery(int attempt, Instant now) {
        return new Delivery(
                topic,
                partition,
                offset,
                keyOrNothing(),
                valueOrNothing(),
                headers,
                attempt,
                progress.firstAttemptAt().orElse(now),
                progress.lastError());
    }
}
