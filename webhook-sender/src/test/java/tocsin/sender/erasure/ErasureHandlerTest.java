package tocsin.sender.erasure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.newOrg;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.parking.ParkedDelivery;
import tocsin.sender.parking.ParkingRepository;
import tocsin.testsupport.MovableClock;

class ErasureHandlerTest {

    private static final MessageCodec<PrivacyErasure> ERASURES = MessageCodec.of(PrivacyErasure.class);

    /** Far ahead, so that the relay of the running service leaves these rows to the test. */
    private static final Instant NEVER = Instant.parse("2300-01-01T00:00:00Z");

    private static final Instant PARKED = Instant.parse("2026-04-17T12:00:00Z");

    private final SenderService sender = SenderService.shared();
    private final ParkingRepository parking = sender.part(ParkingRepository.class);
    private final String org = newOrg();

    private String park(String endpoint, String principal) {
        return park(
                endpoint,
                PARKED,
                "{\"affected_downloads\":[{\"principal_name\":\"Ada\",\"principal_id\":\"" + principal + "\"}]}");
    }

    private String park(String endpoint, Instant occurredAt, String data) {
        WebhookRequested request = SenderService.request(new Registered(org, endpoint, ""))
                .setOccurredAt(occurredAt)
                .setData(data)
                .build();
        parking.park(List.of(new ParkedDelivery(
                request.getWebhookId(),
                endpoint,
                0,
                Topics.WEBHOOK_REQUESTED.name(),
                SenderService.encoded(request),
                Map.of(),
                "disabled",
                PARKED,
                NEVER)));
        return request.getWebhookId();
    }

    private static PrivacyErasure.Builder erasure(String org, String principal, Instant requestedAt) {
        return PrivacyErasure.newBuilder()
                .setErasureId("erasure-of-" + org)
                .setRequestedAt(requestedAt)
                .setOrgId(org)
                .setPrincipalId(principal);
    }

    private void send(PrivacyErasure erasure) {
        sender.broker()
                .send(
                        Topics.PRIVACY_ERASURE.name(),
                        RecordKeys.privacyErasure(ErasureSubject.of(erasure)).getBytes(UTF_8),
                        ERASURES.encode(erasure));
    }

    /** The requests of this test's organisation, as they wait now. */
    private List<String> waiting() {
        List<String> data = new ArrayList<>();
        try (Connection connection = sender.postgres().dataSource().getConnection();
                Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("select request from webhook_sender.parked_delivery order by id")) {
            while (row.next()) {
                WebhookRequested message =
                        MessageCodec.of(WebhookRequested.class).decode(row.getBytes(1));
                if (message.getOrgId().equals(org)) {
                    data.add(message.getWebhookId() + " " + message.getData());
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return data;
    }

    private int count(String sql) {
        try (Connection connection = sender.postgres().dataSource().getConnection();
                Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void erasesOnePersonFromAllThatWaits() {
        // Given more than are changed at a time
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            expected.add(park("WHerased" + i, "u1")
                    + " {\"affected_downloads\":[{\"principal_name\":\"erased\",\"principal_id\":\"erased\"}]}");
        }
        expected.add(park("WHerased", "u2")
                + " {\"affected_downloads\":[{\"principal_name\":\"Ada\",\"principal_id\":\"u2\"}]}");

        // When
        send(erasure(org, "u1", PARKED).build());

        // Then
        await().atMost(SenderService.LIMIT).until(() -> waiting().equals(expected));
    }

    @Test
    void erasesThePersonFromWhatIsParkedLaterButForWhatTheyDidSince() {
        // Given
        String first = park("WHearlier", "u1");
        send(erasure(org, "u1", PARKED).build());
        await().atMost(SenderService.LIMIT).until(() -> waiting().getFirst().contains("erased"));
        String data = "{\"affected_downloads\":[{\"timestamp\":\"2026-04-17T12:00:00Z\",\"principal_name\":\"%s\","
                + "\"principal_id\":\"%s\"},{\"timestamp\":\"2026-04-17T12:00:01Z\",\"principal_name\":\"Ada\","
                + "\"principal_id\":\"u1\"}]}";

        // When
        String second = park("WHlater", PARKED.plusSeconds(2), data.formatted("Ada", "u1"));

        // Then
        assertEquals(
                List.of(
                        first
                                + " {\"affected_downloads\":[{\"principal_name\":\"erased\",\"principal_id\":\"erased\"}]}",
                        second + " " + data.formatted("erased", "erased")),
                waiting());
    }

    @Test
    void waitsForWhatIsBeingParkedAtTheSameTime() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given
            CountDownLatch parked = new CountDownLatch(1);
            CountDownLatch commit = new CountDownLatch(1);
            Future<?> parks =
                    threads.submit(() -> sender.part(DatabaseClient.class).inTransaction(_ -> {
                        park("WHmeanwhile", "u1");
                        parked.countDown();
                        return within(commit);
                    }));
            assertTrue(within(parked));
            String subject = RecordKeys.privacyErasure(
                    ErasureSubject.of(erasure(org, "u1", PARKED).build()));

            // When
            Future<Integer> erases = threads.submit(() -> {
                sender.part(ErasureRepository.class).remember(subject, PARKED);
                return parking.forget(subject);
            });
            await().atMost(SenderService.LIMIT)
                    .until(() -> erases.isDone()
                            || count("select count(*) from pg_locks where locktype = 'advisory' and not granted") > 0);
            commit.countDown();

            // Then
            parks.get();
            assertEquals(1, erases.get());
        }
    }

    private static boolean within(CountDownLatch latch) {
        try {
            return latch.await(SenderService.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void forgetsAnErasureAfterThirtyDays() {
        // Given
        MovableClock clock = MovableClock.at(Clock.systemUTC().instant());
        ErasureRepository erasures = new ErasureRepository(sender.part(DatabaseClient.class), clock);
        String counting =
                "select count(*) from webhook_sender.erasure where subject in ('" + org + "-1', '" + org + "-2')";
        erasures.remember(org + "-1", PARKED);

        // When
        clock.advance(ErasureRepository.REMEMBERED);
        erasures.remember(org + "-2", PARKED);
        int after = count(counting);
        clock.advance(Duration.ofMillis(1));
        erasures.remember(org + "-2", PARKED);

        // Then
        assertEquals(2, after);
        assertEquals(1, count(counting));
    }

    @Test
    void keepsNothingOfARecordThatItCannotApply() {
        // Given
        PrivacyErasure nobody = PrivacyErasure.newBuilder()
                .setErasureId("of nobody")
                .setRequestedAt(PARKED)
                .build();

        // When
        sender.broker().send(Topics.PRIVACY_ERASURE.name(), "somebody".getBytes(UTF_8), ERASURES.encode(nobody));
        send(erasure(org, "u1", Instant.parse("+292278994-01-01T00:00:00Z")).build());

        // Then
        List<ConsumerRecord<byte[], byte[]>> quarantined =
                await().atMost(SenderService.LIMIT).until(this::quarantined, records -> records.size() == 2);
        assertEquals(
                List.of("erasing failed", "no erasure that names one subject"),
                quarantined.stream()
                        .map(record -> header(record, "quarantine-reason"))
                        .sorted()
                        .toList());
        quarantined.forEach(record -> assertEquals(0, record.key().length + record.value().length));
    }

    private List<ConsumerRecord<byte[], byte[]>> quarantined() {
        return sender.broker().readAll(Topics.quarantineOf("webhook-sender").name()).stream()
                .filter(record -> header(record, "quarantine-topic").equals(Topics.PRIVACY_ERASURE.name()))
                .toList();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
