package tocsin.local.quarantine;

import java.util.Optional;

/**
 * A line of the list. Without the value, so that a full quarantine can be listed.
 *
 * @param at when it was put there, as the service wrote it
 * @param origin {@code topic partition:offset}
 * @param redriven where it was sent, as {@code partition:offset} of its origin topic; the last place if more than once
 */
record QuarantineEntry(
        String service,
        RecordPosition position,
        String at,
        String origin,
        int bytes,
        String reason,
        Optional<String> redriven) {

    static QuarantineEntry of(String service, QuarantineRecord record) {
        return new QuarantineEntry(
                service,
                record.position(),
                record.at(),
                record.origin()
                        .map(origin -> origin.topic() + " " + origin.position().text())
                        .orElse("(not told)"),
                record.valueBytes(),
                record.reason(),
                Optional.empty());
    }

    QuarantineEntry redrivenTo(String place) {
        return new QuarantineEntry(service, position, at, origin, bytes, reason, Optional.of(place));
    }
}
