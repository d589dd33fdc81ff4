package tocsin.dispatcher.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.store.SqlClient;
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

    /** Another instance may be at some of them: each would wait for the other, and the database would end one of them. */
    @Test
    void takesThemInOneOrder() throws Exception {
        // Given
        List<UUID> rows = Stream.of("a", "b", "c", "d")
                .map(name -> row(name, State.PENDING))
                // As the database orders them; Java compares them as signed numbers.
                .sorted(Comparator.comparing(UUID::toString))
                .toList();
        SqlClient sql = dispatcher.bean(SqlClient.class);
        CompletableFuture<Void> settled = new CompletableFuture<>();

        // When
        sql.inTransaction(() -> {
            hold(sql, rows.getFirst(), "");
            Thread.startVirtualThread(() -> {
                try {
                    sql.inTransaction(() -> {
                        // What a plan may be that follows from how many rows there are.
                        sql.update("set local enable_nestloop = off");
                        sql.update("set local enable_mergejoin = off");
                        ledger.settle(rows.reversed().stream()
                                .map(SettlesManyRowsTest::delivered)
                                .toList());
                    });
                    settled.complete(null);
                } catch (RuntimeException e) {
                    settled.completeExceptionally(e);
                }
            });
            dispatcher.awaitWaiting(1);

            // Then
            rows.stream().skip(1).forEach(row -> hold(sql, row, "nowait"));
        });
        settled.get(RunningDispatcher.SOON.toSeconds(), TimeUnit.SECONDS);
        assertEquals(
                Set.of(State.DELIVERED),
                Set.copyOf(ledger.states(rows, LedgerRow.EMAIL).values()));
    }

    private static void hold(SqlClient sql, UUID notification, String wait) {
        sql.query("select 1 from ledger where notification_id = ? for update " + wait, row -> true, notification);
    }

    private static Settlement delivered(UUID notification) {
        return new Settlement(notification, LedgerRow.EMAIL, State.DELIVERED, 1, Optional.empty(), AT);
    }
}
