package tocsin.local.quarantine;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Puts bad records and marks together, in whatever order they come. */
final class QuarantineInventory implements Consumer<QuarantineRecord> {

    private final String service;
    private final Map<RecordPosition, QuarantineEntry> entries = new TreeMap<>();
    private final Map<RecordPosition, String> marks = new TreeMap<>();

    QuarantineInventory(String service) {
        this.service = service;
    }

    @Override
    public void accept(QuarantineRecord record) {
        record.marks()
                .ifPresentOrElse(
                        marked -> marks.put(
                                marked,
                                record.header(QuarantineHeaders.REDRIVEN_TO).orElse("(not told)")),
                        () -> entries.put(record.position(), QuarantineEntry.of(service, record)));
    }

    /** By partition, then offset. A mark whose record is gone says nothing any more. */
    List<QuarantineEntry> entries() {
        return entries.values().stream()
                .map(entry -> {
                    String place = marks.get(entry.position());
                    return place == null ? entry : entry.redrivenTo(place);
                })
                .toList();
    }
}
