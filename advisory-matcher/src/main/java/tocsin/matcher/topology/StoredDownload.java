package tocsin.matcher.topology;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tocsin.schemas.avro.AffectedDownload;

/**
 * A download as it is stored: in one row, or, if it was told of several times, in as many as have not been put together yet. Decoded by whoever asks for it.
 *
 * @param groupLength length of the {@link StoreKeys#group} key that the rows' keys begin with
 * @param first the row of the record that told of it first
 * @param repeats the others, in order
 */
record StoredDownload(String version, int groupLength, Row first, List<Row> repeats) {

    /** As it is in the store; its arrays are nobody's to change. */
    static final class Row {

        private final byte[] key;
        private final byte[] value;

        Row(byte[] key, byte[] value) {
            this.key = key;
            this.value = value;
        }

        byte[] key() {
            return key;
        }

        byte[] value() {
            return value;
        }
    }

    String eventId() {
        return StoreKeys.eventIdIn(first.key(), groupLength);
    }

    Instant fetchedAt() {
        return StoreKeys.fetchedAtIn(first.key(), groupLength);
    }

    /** All of them, in order. */
    List<Row> rows() {
        List<Row> rows = new ArrayList<>(1 + repeats.size());
        rows.add(first);
        rows.addAll(repeats);
        return rows;
    }

    /** What all rows say together. */
    AffectedDownload facts() {
        AffectedDownload facts = decode(first);
        for (Row repeat : repeats) {
            facts = DownloadRows.joined(facts, decode(repeat));
        }
        return facts;
    }

    private AffectedDownload decode(Row row) {
        return DownloadRows.decode(version, row.key(), groupLength, row.value());
    }
}
