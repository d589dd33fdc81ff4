package tocsin.local.quarantine;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tocsin.local.running.Bytes;
import tocsin.local.running.Complaint;
import tocsin.local.running.OutgoingRecord;
import tocsin.local.running.RecordPlace;

/** Makes the two records of a redrive: the one that goes back, and the mark that it did. */
final class Redrive {

    private Redrive() {}

    /**
     * What goes back: key and headers as they were, to the partition that it came from, since some topics are read by partition.
     *
     * @param mended instead of the value as it was; empty: as it was
     * @throws Complaint if the record does not say where it came from, is itself a mark, or has lost its value and nothing is given
     *     instead: without a value it would remove its key from a compacted topic
     */
    static OutgoingRecord returned(QuarantineRecord record, Optional<Bytes> mended) {
        if (record.marks().isPresent()) {
            throw new Complaint(record.position().text() + " is the mark of a redrive, not a bad record");
        }
        Optional<String> truncated = record.header(QuarantineHeaders.TRUNCATED);
        if (truncated.isPresent() && mended.isEmpty()) {
            throw new Complaint(record.position().text() + " was too large to be put aside (" + truncated.get()
                    + " bytes): give the mended value with --with FILE, or send the original again");
        }
        QuarantineRecord.Origin origin = record.origin()
                .orElseThrow(() -> new Complaint(record.position().text() + " does not say where it came from"));
        return new OutgoingRecord(
                origin.topic(),
                OptionalInt.of(origin.position().partition()),
                record.key(),
                mended.or(record::value),
                record.ownHeaders());
    }

    /** Lies in the partition of the record that it marks, so that it lives as long. */
    static OutgoingRecord mark(String quarantineTopic, QuarantineRecord record, RecordPlace returned) {
        return new OutgoingRecord(
                        quarantineTopic,
                        OptionalInt.of(record.position().partition()),
                        record.key(),
                        Optional.of(Bytes.NONE),
                        List.of())
                .with(QuarantineHeaders.REDRIVEN, record.position().text())
                .with(QuarantineHeaders.REDRIVEN_TO, returned.inTopic());
    }
}
