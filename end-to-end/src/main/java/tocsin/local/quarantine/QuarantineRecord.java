package tocsin.local.quarantine;

import java.util.List;
import java.util.Optional;
import tocsin.local.running.Bytes;
import tocsin.local.running.RecordHeaderValue;

/** A record as it lies in a quarantine: a bad one, or a mark that one was sent again. */
record QuarantineRecord(
        RecordPosition position, Optional<Bytes> key, Optional<Bytes> value, List<RecordHeaderValue> headers) {

    QuarantineRecord {
        headers = List.copyOf(headers);
    }

    /** The bad record that this is the mark of; empty if this is no mark. */
    Optional<RecordPosition> marks() {
        return header(QuarantineHeaders.REDRIVEN).flatMap(RecordPosition::parse);
    }

    /** @return empty if whoever wrote it did not say, or not in the right form */
    Optional<Origin> origin() {
        return header(QuarantineHeaders.TOPIC)
                .flatMap(topic -> RecordPosition.parse(
                                header(QuarantineHeaders.PARTITION).orElse("") + ":"
                                        + header(QuarantineHeaders.OFFSET).orElse(""))
                        .map(position -> new Origin(topic, position)));
    }

    String reason() {
        return header(QuarantineHeaders.REASON).orElse("(no reason given)");
    }

    /** When it was put here, as the service wrote it. */
    String at() {
        return header(QuarantineHeaders.AT).orElse("(no time given)");
    }

    /** The headers that it had where it came from. */
    List<RecordHeaderValue> ownHeaders() {
        return headers.stream()
                .filter(header -> !header.name().startsWith(QuarantineHeaders.PREFIX))
                .toList();
    }

    int valueBytes() {
        return value.map(Bytes::length).orElse(0);
    }

    /** The last of that name, as Kafka's own readers take it. */
    Optional<String> header(String name) {
        return headers.stream()
                .filter(header -> header.name().equals(name))
                .reduce((_, last) -> last)
                .map(RecordHeaderValue::text);
    }

    /** @param topic with the cluster's prefix */
    record Origin(String topic, RecordPosition position) {}
}
