package tocsin.sender.parking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.newOrg;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.breaker.BreakerConfig;
import tocsin.sender.database.DatabaseClient;
import tocsin.testsupport.WebhookReceiver;

class ParkingRepositoryTest {

    /** Far ahead, so that the relay of the running service leaves these rows to the test. */
    private static final Instant DUE = Instant.parse("2200-01-01T00:00:00Z");

    private static final int AT_ONCE = 50;

    private static final long ANY_BYTES = Long.MAX_VALUE;

    private final SenderService sender = SenderService.shared();
    private final ParkingRepository parking = sender.part(ParkingRepository.class);

    /** Not within any test of this module. */
    private static final Instant NEVER = Instant.parse("2300-01-01T00:00:00Z");

    /** To an endpoint that does not exist: what is sent back ends at once. */
    private String park(String endpointId, Instant notBefore) {
        return park(parking, endpointId, notBefore);
    }

    private static String park(ParkingRepository parking, String endpointId, Instant notBefore) {
        WebhookRequested request =
                SenderService.request(new Registered(newOrg(), endpointId, "")).build();
        parking.park(List.of(new ParkedDelivery(
                request.getWebhookId(),
                endpointId,
                0,
                Topics.WEBHOOK_REQUESTED.name(),
                SenderService.encoded(request),
                Map.of(),
                "key busy",
                Instant.EPOCH,
                notBefore)));
        return request.getWebhookId();
    }

    /** At most twenty go at a time: who is left tells who went first. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"-, 20", "'{}', 20", "'{\"drain\":\"oldest_first\"}', 20", "'{\"drain\":\"newest_first\"}', 0"})
    void drainsInTheOrderThatTheOwnerChose(@Nullable String order, int firstLeft) {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            sender.call("POST", endpoint.path() + "/disable", "");
            List<String> parked = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                parked.add(park(endpoint.id(), DUE.plusSeconds(i)));
            }

            // When
            sender.call("POST", endpoint.path() + "/enable", order == null ? "" : order);
            parking.release(DUE.plusSeconds(60), AT_ONCE, ANY_BYTES);

            // Then
            assertEquals(Set.copyOf(parked.subList(firstLeft, firstLeft + 5)), Set.copyOf(waiting(endpoint)));
            parking.release(DUE.plusSeconds(60), AT_ONCE, ANY_BYTES);
            assertEquals(List.of(), waiting(endpoint));
        }
    }

    private List<String> waiting(Registered endpoint) {
        return waiting(endpoint.id());
    }

    private List<String> waiting(String endpointId) {
        return sender.part(DatabaseClient.class).inTransaction(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("select webhook_id from parked_delivery where endpoint_id = ?")) {
                query.setString(1, endpointId);
                List<String> ids = new ArrayList<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        ids.add(row.getString(1));
                    }
                }
                return ids;
            }
        });
    }

    @Test
    void refusesAnOrderThatIsNone() {
        Registered endpoint = sender.register(newOrg(), "https://hooks.example.com/");

        assertEquals(
                422,
                sender.call("POST", endpoint.path() + "/enable", "{\"drain\":\"at_random\"}")
                        .statusCode());
    }

    @Test
    void letsTheOnlyDeliveryOfOneEndpointPassTheManyOfAnother() {
        // Given
        String oldest = park("WHcrowd", DUE);
        for (int i = 1; i < 100; i++) {
            park("WHcrowd", DUE.plusSeconds(i));
        }
        String only = park("WHzalone", DUE.plus(Duration.ofHours(1)));
        Instant later = DUE.plus(Duration.ofHours(2));

        // When
        int early = parking.release(DUE.minusSeconds(1), AT_ONCE, ANY_BYTES);
        int first = parking.release(later, AT_ONCE, ANY_BYTES);

        // Then
        assertEquals(0, early);
        assertEquals(21, first);
        sender.awaitSettlements(only, 1);
        sender.awaitSettlements(oldest, 1);
        int rest = 0;
        for (int released = parking.release(later, AT_ONCE, ANY_BYTES);
                released > 0;
                released = parking.release(later, AT_ONCE, ANY_BYTES)) {
            assertTrue(released <= AT_ONCE);
            rest += released;
        }
        assertEquals(80, rest);
    }

    @Test
    void sendsBackNoMoreAtATimeThanItIsAskedFor() {
        // Given
        for (int i = 0; i < 7; i++) {
            park("WHeach" + i, DUE);
            park("WHeach" + i, DUE);
        }

        // When
        int first = parking.release(DUE, 10, ANY_BYTES);
        int second = parking.release(DUE, 10, ANY_BYTES);

        // Then
        assertEquals(10, first);
        assertEquals(4, second);
    }

    @Test
    void sendsBackNoMoreBytesAtATimeThanFitIntoMemoryAndThoseInTurn() {
        // Given
        for (int i = 0; i < 20; i++) {
            park("WHmany", DUE);
        }
        String only = park("WHonlyone", DUE.plus(Duration.ofHours(1)));
        Instant later = DUE.plus(Duration.ofHours(2));
        int bytesOfOne = SenderService.encoded(SenderService.request(new Registered(newOrg(), "WHmany", ""))
                        .build())
                .length;

        // When
        int one = parking.release(DUE, AT_ONCE, 1);
        int two = parking.release(later, AT_ONCE, bytesOfOne + bytesOfOne / 2);

        // Then
        assertEquals(1, one);
        assertEquals(2, two);
        sender.awaitSettlements(only, 1);
        assertEquals(18, parking.release(later, AT_ONCE, ANY_BYTES));
    }

    /** What it is not well enough for comes back to the parking; more go once it has failed for as long as a delivery waits. */
    @ParameterizedTest
    @CsvSource({"1, true, 5", "0, true, 8", "1, false, 8"})
    void sendsBackFewToAnEndpointThatIsLeftAloneForAsLongAsTheyGoRound(int millisLeft, boolean leftAlone, int released)
            throws SQLException {
        // Given
        String failing = "WHfailing";
        Instant since = DUE.minus(sender.part(BreakerConfig.class).patience()).plusMillis(millisLeft);
        for (int i = 0; i < 8; i++) {
            park(failing, DUE);
        }
        fails(failing, since, leftAlone);

        // When
        int whileItFails = parking.release(DUE, AT_ONCE, ANY_BYTES);
        update("delete from webhook_sender.endpoint_health where endpoint_id = ?", failing);
        int onceItIsWell = parking.release(DUE, AT_ONCE, ANY_BYTES);

        // Then
        assertEquals(released, whileItFails);
        assertEquals(8 - released, onceItIsWell);
    }

    private void fails(String endpointId, Instant since, boolean leftAlone) throws SQLException {
        update(
                "insert into webhook_sender.endpoint_health (endpoint_id, failures, failing_since, open_until)"
                        + " values (?, 20, '" + since + "', " + (leftAlone ? "now()" : "null") + ")",
                endpointId);
    }

    @Test
    void sendsMoreThanAFewBackToOneThatIsLeftAloneOnlyAfterAllOthers() throws SQLException {
        // Given
        for (int i = 0; i < 20; i++) {
            park("WHlongdead", DUE);
            park("WHwell", DUE);
        }
        fails("WHlongdead", Instant.EPOCH, true);

        // When
        int released = parking.release(DUE, 25, ANY_BYTES);
        int ofTheOneThatIsWell = waiting("WHwell").size();
        int ofTheOther = waiting("WHlongdead").size();

        // Then
        update("delete from webhook_sender.endpoint_health where endpoint_id = ?", "WHlongdead");
        assertEquals(15, parking.release(DUE, AT_ONCE, ANY_BYTES));
        assertEquals(25, released);
        assertEquals(0, ofTheOneThatIsWell);
        assertEquals(15, ofTheOther);
    }

    private void update(String sql, String parameter) throws SQLException {
        try (Connection connection = sender.postgres().dataSource().getConnection();
                PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, parameter);
            assertEquals(1, update.executeUpdate());
        }
    }

    @Test
    void givesEachEndpointAFirstBeforeAnyHasASecond() {
        // Given
        for (String crowd : List.of("WHcrowd1", "WHcrowd2", "WHcrowd3")) {
            for (int i = 0; i < 20; i++) {
                park(crowd, DUE.plusSeconds(i));
            }
        }
        String only = park("WHonly", DUE.plus(Duration.ofHours(1)));
        Instant later = DUE.plus(Duration.ofHours(2));

        // When
        int released = parking.release(later, 4, ANY_BYTES);

        // Then
        assertEquals(4, released);
        sender.awaitSettlements(only, 1);
        int rest = 0;
        for (int more = parking.release(later, AT_ONCE, ANY_BYTES);
                more > 0;
                more = parking.release(later, AT_ONCE, ANY_BYTES)) {
            rest += more;
        }
        assertEquals(57, rest);
    }

    @Test
    void readsOnlyTheRequestsThatNameWhoeverIsForgotten() throws SQLException {
        // Given
        String subject = "subject of " + newOrg();
        List<byte[]> read = new ArrayList<>();
        Set<String> named = new HashSet<>();
        ParkingRepository watched = new ParkingRepository(
                sender.part(DatabaseClient.class),
                request -> {
                    read.add(request);
                    return new PersonalData.Kept(request, named);
                },
                sender.part(BreakerConfig.class));
        named.add(subject);
        park(watched, "WHnaming", NEVER);
        named.clear();
        park(watched, "WHnamingnobody", NEVER);
        String unread = park(watched, "WHunread", NEVER);
        update("update webhook_sender.parked_delivery set subjects = null where webhook_id = ?", unread);
        named.add(subject);
        read.clear();

        // When
        watched.forget(subject);
        int withTheUnread = read.size();
        named.clear();
        watched.forget(subject);
        int again = read.size() - withTheUnread;
        watched.forget(subject);

        // Then
        assertEquals(2, withTheUnread);
        assertEquals(2, again);
        assertEquals(4, read.size());
    }
}
