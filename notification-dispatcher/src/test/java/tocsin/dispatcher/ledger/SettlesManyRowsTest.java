package tocsin.dispatcher.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.schemas.Audience;

/** What becomes of rows whose ends are written together. */
class SettlesManyRowsTest {

    private static final Instant AT = Instant.parse("2026-04-17T10:00:00Z");

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final LedgerRepository ledger = dispatcher.bean(LedgerRepository.class);
    private final Audience audience = new Audience.Organisation(RunningDispatcher.newOrg());
    private final Map<String, UUID> ids = new HashMap<>();

    @AfterEach
    void removeWhatNobodyAskedFor() {
        dispatcher.update(
                "delete from notification_dispatcher.ledger l using notification_dispatcher.notification n"
                        + " where n.notification_id = l.notification_id and n.audience = ?",
                audience.text());
        dispatcher.update("delete from notification_dispatcher.notification where audience = ?", audience.text());
    }

    private UUID row(String name, State state) {
        UUID id = UUID.randomUUID();
        ids.put(name, id);
        ledger.add(
                new Notification(id, audience, Notification.Kind.BREACH, "told", Optional.empty(), 1),
                List.of(new LedgerRow(LedgerRow.EMAIL, "message-of-" + id, state, Optional.empty())));
        return id;
    }

    private UUID id(String name) {
        return Optional.ofNullable(ids.get(name)).orElseThrow();
    }

    /**
     * @param rows names of rows with their states; what follows in brackets is the row whose mail carries it
     * @param ends names of rows with how their mails ended
     */
    @ParameterizedTest
    @CsvSource({
        "a pending; b pending, a delivered; b failed, a delivered; b failed",
        "a pending; b pending (a); c pending, a delivered, a delivered; b delivered; c pending",
        "a pending; b pending (a), a failed, a failed; b failed",
        "a delivered; b suppressed; c failed, a failed; b delivered; c delivered, a delivered; b suppressed; c delivered",
        // A person had it sent again: what arrived stands, in whichever order it is told.
        "a pending, a failed; a delivered, a delivered",
        "a pending, a delivered; a failed, a delivered",
        "a pending; b pending (a), b failed; a delivered, a delivered; b delivered",
        "a pending; b pending (a), b delivered; a failed, a failed; b delivered",
    })
    void byHowTheirMailsEnded(String rows, String ends, String expected) {
        // Given
        for (String each : rows.split("; ", -1)) {
            String[] words = each.split(" ", -1);
            UUID id = row(words[0], State.ofText(words[1]));
            if (words.length > 2) {
                ledger.carry(List.of(id), id(words[2].substring(1, words[2].length() - 1)), "carried");
            }
        }

        // When
        List<Settlement> settled = new ArrayList<>();
        for (String each : ends.split("; ", -1)) {
            String[] words = each.split(" ", -1);
            settled.add(new Settlement(id(words[0]), LedgerRow.EMAIL, State.ofText(words[1]), 1, Optional.empty(), AT));
        }
        ledger.settle(settled);

        // Then
        Map<UUID, State> states = ledger.states(ids.values(), LedgerRow.EMAIL);
        List<String> found = ids.keySet().stream()
                .sorted()
                .map(name -> name + " "
                        + Optional.ofNullable(states.get(id(name)))
                                .orElseThrow()
                                .text())
                .toList();
        assertEquals(expected, String.join("; ", found));
    }
}
