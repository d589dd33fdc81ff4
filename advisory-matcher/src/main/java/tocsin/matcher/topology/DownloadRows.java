package tocsin.matcher.topology;

import java.nio.ByteBuffer;
import java.time.Instant;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Principal;

/** What a row in {@code downloads} holds beside its key: when it was received, and by whom it was fetched. */
final class DownloadRows {

    private static final byte FORMAT = 1;
    private static final MessageCodec<Principal> PRINCIPAL = MessageCodec.of(Principal.class);

    private DownloadRows() {}

    static byte[] encode(AffectedDownload download) {
        byte[] principal = PRINCIPAL.encode(download.getPrincipal());
        return ByteBuffer.allocate(1 + Long.BYTES + principal.length)
                .put(FORMAT)
                .putLong(download.getReceivedAt().toEpochMilli())
                .put(principal)
                .array();
    }

    /**
     * Of a download that was told of twice, the first receipt counts. It brings nobody back who was taken out of either.
     *
     * @param known the one that was told of first
     */
    static AffectedDownload joined(AffectedDownload known, AffectedDownload again) {
        // On a tie the one that was told of stays: a replay may name somebody else by a token that changed hands.
        AffectedDownload earlier = again.getReceivedAt().isBefore(known.getReceivedAt()) ? again : known;
        boolean anonymous = ErasureRepository.isAnonymous(known) || ErasureRepository.isAnonymous(again);
        return anonymous ? ErasureRepository.anonymous(earlier) : earlier;
    }

    /** @param groupLength length of the {@link StoreKeys#group} key that the row's key begins with */
    static AffectedDownload decode(String version, byte[] key, int groupLength, byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        byte format = in.get();
        if (format != FORMAT) {
            throw new IllegalStateException("download row is in format " + format + ", not " + FORMAT);
        }
        Instant receivedAt = Instant.ofEpochMilli(in.getLong());
        byte[] principal = new byte[in.remaining()];
        in.get(principal);
        return new AffectedDownload(
                StoreKeys.eventIdIn(key, groupLength),
                version,
                StoreKeys.fetchedAtIn(key, groupLength),
                receivedAt,
                PRINCIPAL.decode(principal));
    }
}
