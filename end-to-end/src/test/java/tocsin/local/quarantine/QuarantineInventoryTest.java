package tocsin.local.quarantine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tocsin.local.running.Bytes;
import tocsin.local.running.RecordHeaderValue;
import tocsin.local.running.RecordPlace;

class QuarantineInventoryTest {

    private final QuarantineInventory inventory = new QuarantineInventory("download-tracker");

    @Test
    void showsWhichRecordsWereSentAgainAndWhereTo() {
        // Given
        inventory.accept(bad(0, 7, "download.observed", 3, 1881));
        inventory.accept(bad(2, 4, "download.observed", 5, 11));
        inventory.accept(markOf(bad(2, 4, "download.observed", 5, 11), 12));
        inventory.accept(markOf(bad(2, 4, "download.observed", 5, 11), 99));

        // Then: the last mark counts, whatever the order of partitions
        assertEquals(
                List.of("0:7 Optional.empty", "2:4 Optional[5:99]"),
                inventory.entries().stream()
                        .map(entry -> entry.position().text() + " " + entry.redriven())
                        .toList());
    }

    @Test
    void ignoresAMarkWhoseRecordIsGone() {
        inventory.accept(markOf(bad(1, 1, "download.observed", 5, 11), 12));
        assertEquals(List.of(), inventory.entries());
    }

    @Test
    void listsARecordThatSaysNothingOfItself() {
        // Given
        inventory.accept(new QuarantineRecord(new RecordPosition(0, 0), Optional.empty(), Optional.empty(), List.of()));

        // Then
        assertEquals(
                List.of(new QuarantineEntry(
                        "download-tracker",
                        new RecordPosition(0, 0),
                        "(no time given)",
                        "(not told)",
                        0,
                        "(no reason given)",
                        Optional.empty())),
                inventory.entries());
    }

    static QuarantineRecord bad(int partition, long offset, String topic, int originPartition, long originOffset) {
        return new QuarantineRecord(
                new RecordPosition(partition, offset),
                Optional.of(Bytes.of("key")),
                Optional.of(Bytes.of("value")),
                List.of(
                        header("traceparent", "00-1"),
                        header("quarantine-reason", "not Avro"),
                        header("quarantine-topic", topic),
                        header("quarantine-partition", String.valueOf(originPartition)),
                        header("quarantine-offset", String.valueOf(originOffset)),
                        header("quarantine-at", "2026-01-02T03:04:05Z")));
    }

    private static QuarantineRecord markOf(QuarantineRecord record, long sentTo) {
        var mark = Redrive.mark("download-tracker.quarantine", record, new RecordPlace("download.observed", 5, sentTo));
        return new QuarantineRecord(new RecordPosition(2, 1000 + sentTo), mark.key(), mark.value(), mark.headers());
    }

    private static RecordHeaderValue header(String name, String text) {
        return new RecordHeaderValue(name, Optional.of(Bytes.of(text)));
    }
}
