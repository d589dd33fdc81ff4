package tocsin.local.quarantine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import tocsin.local.running.Bytes;
import tocsin.local.running.Complaint;
import tocsin.local.running.OutgoingRecord;
import tocsin.local.running.RecordHeaderValue;
import tocsin.local.running.RecordPlace;

class RedriveTest {

    private final QuarantineRecord bad = QuarantineInventoryTest.bad(2, 4, "p.download.observed", 5, 11);

    @Test
    void returnsTheRecordAsItWasToWhereItCameFrom() {
        assertEquals(
                new OutgoingRecord(
                        "p.download.observed",
                        OptionalInt.of(5),
                        Optional.of(Bytes.of("key")),
                        Optional.of(Bytes.of("value")),
                        List.of(new RecordHeaderValue("traceparent", Optional.of(Bytes.of("00-1"))))),
                Redrive.returned(bad, Optional.empty()));
    }

    @Test
    void returnsTheMendedValueInItsPlace() {
        assertEquals(
                Optional.of(Bytes.of("mended")),
                Redrive.returned(bad, Optional.of(Bytes.of("mended"))).value());
    }

    @Test
    void marksTheRecordInItsOwnPartition() {
        // When
        OutgoingRecord mark = Redrive.mark("q", bad, new RecordPlace("p.download.observed", 5, 12));

        // Then
        assertEquals(OptionalInt.of(2), mark.partition());
        assertEquals(
                List.of("quarantine-redriven=2:4", "quarantine-redriven-to=5:12"),
                mark.headers().stream()
                        .map(header -> header.name() + "=" + header.text())
                        .toList());
    }

    @Test
    void refusesARecordThatDoesNotSayWhereItCameFrom() {
        QuarantineRecord silent =
                new QuarantineRecord(new RecordPosition(0, 1), Optional.empty(), Optional.empty(), List.of());
        assertThrows(Complaint.class, () -> Redrive.returned(silent, Optional.empty()));
    }

    @Test
    void refusesAMark() {
        // Given
        OutgoingRecord mark = Redrive.mark("q", bad, new RecordPlace("p.download.observed", 5, 12));
        QuarantineRecord asRead =
                new QuarantineRecord(new RecordPosition(2, 9), mark.key(), mark.value(), mark.headers());

        // Then
        assertThrows(Complaint.class, () -> Redrive.returned(asRead, Optional.empty()));
    }

    @Test
    void refusesARecordThatLostItsValueUnlessOneIsGiven() {
        // Given
        List<RecordHeaderValue> headers = new ArrayList<>(bad.headers());
        headers.add(new RecordHeaderValue("quarantine-truncated", Optional.of(Bytes.of("5000000"))));
        QuarantineRecord stub = new QuarantineRecord(bad.position(), bad.key(), Optional.empty(), headers);

        // Then
        assertThrows(Complaint.class, () -> Redrive.returned(stub, Optional.empty()));
        assertEquals(
                Optional.of(Bytes.of("mended")),
                Redrive.returned(stub, Optional.of(Bytes.of("mended"))).value());
    }
}
