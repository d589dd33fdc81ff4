package tocsin.tracker.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Audience;
import tocsin.tracker.Samples;
import tocsin.tracker.recording.WaitingRoom.Guest;

class WaitingRoomTest {

    private static final Instant UNTIL = Instant.parse("2026-04-15T08:45:00Z");

    private final WaitingRoom<String> room = new WaitingRoom<>(10, 1_000);

    private static Guest<String> guest(int partition, long offset, long bytes) {
        return new Guest<>(partition, offset, partition + "/" + offset, UNTIL, bytes, Optional.empty());
    }

    @Test
    void resumesAtTheFirstThatIsNotDone() {
        // Given offsets with gaps
        List.of(3L, 4L, 7L, 9L).forEach(offset -> room.admit(guest(0, offset, 1)));

        // Then
        assertEquals(Map.of(0, 3L), room.resumption());
        room.leave(guest(0, 4, 1));
        assertEquals(Map.of(0, 3L), room.resumption());
        room.leave(guest(0, 3, 1));
        assertEquals(Map.of(0, 7L), room.resumption());
        room.leave(guest(0, 9, 1));
        room.leave(guest(0, 7, 1));
        assertEquals(Map.of(0, 10L), room.resumption());
        assertEquals(0, room.size());
    }

    @Test
    void isFullForEachPartitionByItsShare() {
        // Given
        for (long offset = 0; offset < 4; offset++) {
            room.admit(guest(0, offset, 1));
        }
        room.admit(guest(1, 0, 600));

        // Then
        assertEquals(Set.of(), room.full(List.of(0)));
        assertEquals(Set.of(1), room.full(List.of(0, 1)));
        assertEquals(Set.of(0, 1), room.full(List.of(0, 1, 2)));
        room.leave(guest(1, 0, 600));
        assertEquals(Set.of(0), room.full(List.of(0, 1, 2)));
    }

    @Test
    void neverStopsAPartitionThatHoldsNothing() {
        assertEquals(Set.of(), room.full(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)));
    }

    @Test
    void knowsItsGuestsByWhatTheyWaitFor() {
        // Given
        room.admit(guest(0, 1, 5));
        room.admit(guest(0, 2, 5));

        // When
        room.admit(guest(0, 2, 5)
                .waitingFor(new Awaited.Registration(new Audience.Token(Samples.TOKEN_ID), Optional.empty())));

        // Then
        assertEquals(2, room.size());
        assertEquals(
                List.of("0/2"),
                room.which(guest -> guest.awaited().isPresent()).stream()
                        .map(Guest::parked)
                        .toList());
    }

    @Test
    void forgetsWhatIsAnothers() {
        // Given
        room.admit(guest(0, 1, 1));
        room.admit(guest(1, 1, 1));

        // When
        room.forget(List.of(0));

        // Then
        assertEquals(Map.of(1, 1L), room.resumption());
        // What was under way for it changes nothing any more.
        room.leave(guest(0, 1, 1));
        assertEquals(1, room.size());
    }
}
