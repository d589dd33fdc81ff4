package tocsin.sender.deliverylog;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.sender.SenderService.newOrg;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;

/** Entries that come together are written together, and say the same as if each had come alone. */
class WritesGroupsOfEntriesTest {

    private static final Duration DAY = Duration.ofDays(1);

    private final SenderService sender = SenderService.shared();
    private final DeliveryLogRepository log = sender.part(DeliveryLogRepository.class);
    private final AttemptRepository attempts = sender.part(AttemptRepository.class);
    private final PayloadRepository payloads = sender.part(PayloadRepository.class);
    private final String org = newOrg();
    /** Noon: what is written minutes later is of the same day. */
    private final Instant now =
            LogDays.start(LogDays.of(Clock.systemUTC().instant())).plus(Duration.ofHours(12));

    private final LoggedDelivery one = delivery("a", "WH1");
    private final LoggedDelivery another = delivery("b", "WH1");

    private LoggedDelivery delivery(String id, String endpoint) {
        return new LoggedDelivery("msg_" + id + "-" + org, endpoint, "n-" + id + "-" + org, org, "key.revoked");
    }

    private static byte[] request(LoggedDelivery delivery, String data) {
        return MessageCodec.of(WebhookRequested.class)
                .encode(SenderService.request(new Registered(delivery.orgId(), delivery.endpointId(), ""))
                        .setWebhookId(delivery.webhookId())
                        .setNotificationId(delivery.notificationId())
                        .setType(delivery.type())
                        .setData(data)
                        .build());
    }

    private static byte[] request(LoggedDelivery delivery) {
        return request(delivery, "{}");
    }

    private static LoggedAttempt attempt(int number, Instant at) {
        return attempt(number, at, "thanks");
    }

    private static LoggedAttempt attempt(int number, Instant at, String answer) {
        return new LoggedAttempt(
                number,
                Optional.of(number == 1 ? Trigger.FIRST : Trigger.RETRY),
                at,
                Duration.ofMillis(7),
                Optional.of(503),
                Optional.of("status"),
                Optional.of("the receiver answered 503"),
                new Wire(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        List.of(new LoggedHeader("x-name", answer)),
                        Optional.of(answer),
                        false),
                Optional.empty());
    }

    private static LogEntry retrying(LoggedDelivery delivery, int number, Instant at) {
        return LogEntry.retrying(delivery, attempt(number, at), request(delivery));
    }

    private static LogEntry delivered(LoggedDelivery delivery, int number, Instant at) {
        return LogEntry.settled(
                delivery,
                attempt(number, at),
                new Settlement(true, number, Optional.empty(), at.plusMillis(7)),
                request(delivery));
    }

    private String text(String sql) {
        try (Connection connection = sender.postgres().dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String row(LoggedDelivery delivery, String columns) {
        return text("select concat_ws(' ', " + columns + ") from webhook_sender.delivery where webhook_id = '"
                + delivery.webhookId() + "' and endpoint_id = '" + delivery.endpointId() + "'");
    }

    /** The days from today of the payloads that are kept, the oldest first. */
    private String payloadDays(LoggedDelivery delivery) {
        return text("select string_agg(((kept_at at time zone 'UTC')::date - '" + LogDays.of(now)
                + "'::date)::text, ' ' order by kept_at) from webhook_sender.delivery_payload where webhook_id = '"
                + delivery.webhookId() + "' and endpoint_id = '" + delivery.endpointId() + "'");
    }

    private List<Integer> numbers(LoggedDelivery delivery) {
        return attempts.of(delivery.webhookId(), delivery.endpointId(), now.minus(DAY.multipliedBy(5)), 100).stream()
                .map(LoggedAttempt::number)
                .toList();
    }

    @Test
    void takesTwoEntriesOfOneDeliveryInTheirOrder() {
        // When
        log.write(
                List.of(
                        retrying(one, 1, now),
                        delivered(another, 1, now),
                        retrying(one, 2, now.plusMillis(10)),
                        delivered(one, 3, now.plusMillis(20))),
                now);

        // Then
        assertEquals("delivered 3", row(one, "state, attempts"));
        assertEquals(List.of(1, 2, 3), numbers(one));
        assertEquals("0", payloadDays(one));
        assertEquals("delivered 1", row(another, "state, attempts"));
        assertEquals(List.of(1), numbers(another));
        assertEquals("0", payloadDays(another));
        List<DeliverySettled> settled = sender.awaitSettlements(one.webhookId(), 1);
        assertEquals(1, settled.size());
        assertEquals(3, settled.getFirst().getAttempts());
        assertEquals(now.plusMillis(27), settled.getFirst().getSettledAt());
    }

    @Test
    void keepsAnEndThatCameBeforeAnAttemptOfTheSameGroup() {
        // When
        log.write(List.of(delivered(one, 1, now), retrying(one, 1, now.plusMillis(10))), now);

        // Then
        assertEquals("delivered 1", row(one, "state, attempts"));
        assertEquals(1, sender.awaitSettlements(one.webhookId(), 1).getFirst().getAttempts());
        assertEquals(List.of(1, 1), numbers(one));
    }

    @Test
    void tellsDeliveriesApartThatHaveTheSameIdAtTwoEndpoints() {
        // Given
        LoggedDelivery elsewhere = delivery("a", "WH2");

        // When
        log.write(List.of(delivered(one, 1, now), retrying(elsewhere, 1, now)), now);

        // Then
        assertEquals("delivered", row(one, "state"));
        assertEquals("retrying", row(elsewhere, "state"));
        assertEquals("0", payloadDays(one));
        assertEquals("0", payloadDays(elsewhere));
    }

    @Test
    void storesThePayloadOnceOnEachDayOnWhichSomethingIsWritten() {
        // Given
        Instant yesterday = now.minus(DAY);
        log.write(List.of(retrying(one, 1, yesterday), retrying(another, 1, yesterday)), yesterday);
        log.write(List.of(retrying(one, 2, yesterday.plusSeconds(1))), yesterday.plusSeconds(1));
        assertEquals("-1", payloadDays(one));

        // When
        log.write(
                List.of(
                        retrying(one, 3, now),
                        retrying(one, 4, now.plusMillis(1)),
                        LogEntry.parked(another, "endpoint disabled", now, request(another))),
                now);
        log.write(List.of(delivered(one, 5, now.plusSeconds(1))), now.plusSeconds(1));

        // Then
        assertEquals("-1 0", payloadDays(one));
        assertEquals("-1 0", payloadDays(another));
        assertEquals(List.of(1, 2, 3, 4, 5), numbers(one));
        assertEquals("delivered 5", row(one, "state, attempts"));
        assertEquals("parked 1", row(another, "state, attempts"));
        assertArrayEquals(request(another), payloads.find(another).orElseThrow().request());
        assertEquals("t", row(another, "payload_at = '" + now + "'"), "the row says by which day its payload will go");
    }

    private String subject(String principalId) {
        return RecordKeys.privacyErasure(
                new ErasureSubject.OfOrganisation(new Audience.Organisation(org), principalId));
    }

    private void erase(String principalId) {
        text("insert into webhook_sender.erasure (subject, requested_at, remembered_at) values ('"
                + subject(principalId) + "', '" + now + "', '" + now + "') returning subject");
    }

    private static String data(String principalId) {
        return "{\"affected_downloads\":[{\"principal_name\":\"Ada\",\"principal_id\":\"" + principalId + "\"}]}";
    }

    @Test
    void takesOutWhoWasErasedOfTheirEntriesAndOfNoOthers() {
        // Given
        List<LoggedDelivery> all =
                Stream.of("a", "b", "c", "d").map(id -> delivery(id, "WH1")).toList();
        erase("u1");
        log.write(List.of(LogEntry.parked(all.get(1), "busy", now, request(all.get(1), data("u2")))), now);
        List<LogEntry> group = new ArrayList<>();
        for (LoggedDelivery delivery : all) {
            String subject = delivery.equals(all.get(2)) ? "u1" : "u2";
            byte[] request = request(delivery, data(subject));
            group.add(
                    delivery.equals(all.get(1))
                            ? LogEntry.parked(delivery, "busy again", now, request)
                            : LogEntry.retrying(delivery, attempt(1, now, "hello " + subject), request));
        }

        // When
        log.write(group, now);

        // Then
        for (LoggedDelivery delivery : all) {
            boolean erased = delivery.equals(all.get(2));
            PayloadRepository.KeptRequest kept = payloads.find(delivery).orElseThrow();
            assertEquals(erased, kept.erased(), delivery.webhookId());
            assertEquals(
                    erased,
                    !Arrays.equals(request(delivery, data(erased ? "u1" : "u2")), kept.request()),
                    delivery.webhookId());
            assertEquals("0", payloadDays(delivery));
            List<Optional<String>> answers = attempts.of(delivery.webhookId(), delivery.endpointId(), now, 100).stream()
                    .map(attempt -> attempt.wire().responseBody())
                    .toList();
            assertEquals(
                    delivery.equals(all.get(1))
                            ? List.of()
                            : List.of(erased ? Optional.empty() : Optional.of("hello u2")),
                    answers);
        }
        assertEquals(
                "1",
                text("select count(*) from webhook_sender.delivery_payload where webhook_id = '"
                        + all.get(0).webhookId() + "' and subjects @> array['"
                        + subject("u2")
                        + "']"));
    }

    static Stream<LoggedAttempt> attemptsOfAllKinds() {
        Instant at = LogDays.start(LogDays.of(Clock.systemUTC().instant())).plus(123_456, ChronoUnit.MICROS);
        return Stream.of(
                new LoggedAttempt(
                        3,
                        Optional.of(Trigger.REPLAY),
                        at,
                        Duration.ofMillis(10_001),
                        Optional.of(429),
                        Optional.of("status"),
                        Optional.of("the receiver answered 429 \u2014 é\uD83D\uDD14"),
                        new Wire(
                                Optional.of(Duration.ofMillis(11)),
                                Optional.of(Duration.ofMillis(12)),
                                Optional.of(Duration.ofMillis(13)),
                                Optional.of(Duration.ofMillis(14)),
                                Optional.of("192.0.2.1"),
                                Optional.of("TLSv1.3"),
                                List.of("key-1", "key-2"),
                                List.of(new LoggedHeader("webhook-id", "msg"), new LoggedHeader("x", "{\"a\",\\}")),
                                List.of(new LoggedHeader("retry-after", "7")),
                                Optional.of("tab\tline\nback\\slash \\. NULL"),
                                true),
                        Optional.of(at.plusSeconds(7))),
                new LoggedAttempt(
                        1,
                        Optional.empty(),
                        at,
                        Duration.ZERO,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Wire.UNKNOWN,
                        Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("attemptsOfAllKinds")
    void keepsEveryColumnOfAnAttempt(LoggedAttempt attempt) {
        // Given
        Instant at = attempt.startedAt();

        // When
        log.write(List.of(LogEntry.retrying(one, attempt, request(one))), at);

        // Then
        assertEquals(List.of(attempt), attempts.of(one.webhookId(), one.endpointId(), at, 10));
    }

    /** More than go to the database at once. */
    @Test
    void keepsAllPayloadsHoweverLarge() {
        // Given
        String megabyte = "{\"text\":\"" + "a".repeat(1_000_000) + "\"}";
        List<LoggedDelivery> all = IntStream.range(0, 9)
                .mapToObj(i -> delivery("large" + i, "WH1"))
                .toList();

        // When
        log.write(
                all.stream()
                        .map(delivery -> LogEntry.parked(delivery, "busy", now, request(delivery, megabyte)))
                        .toList(),
                now);

        // Then
        for (LoggedDelivery delivery : all) {
            assertEquals("0", payloadDays(delivery));
            assertArrayEquals(
                    request(delivery, megabyte),
                    payloads.find(delivery).orElseThrow().request());
        }
    }

    @Test
    void countsWhatItHasWritten() throws InterruptedException {
        // Given
        MeterRegistry meters = new SimpleMeterRegistry();
        DeliveryLog counting = new DeliveryLog(log, Clock.systemUTC(), meters);
        LoggedAttempt tested = new LoggedAttempt(
                1,
                Optional.of(Trigger.TEST),
                now,
                Duration.ofMillis(5),
                Optional.of(200),
                Optional.empty(),
                Optional.empty(),
                Wire.UNKNOWN,
                Optional.empty());

        // When
        counting.write(retrying(one, 1, now));
        counting.write(LogEntry.settled(
                another, new Settlement(false, 0, Optional.of("endpoint deleted"), now), request(another)));
        counting.write(LogEntry.settled(
                delivery("c", "WH1"), tested, new Settlement(true, 1, Optional.empty(), now), request(another)));

        // Then
        assertEquals(
                Map.of("first status", 1.0, "test delivered", 1.0),
                counts(meters, "tocsin.delivery.attempts", "trigger", "outcome"));
        assertEquals(Map.of("failed", 1.0, "delivered", 1.0), counts(meters, "tocsin.deliveries.settled", "state"));
        Timer durations = meters.get("tocsin.delivery.attempt.duration").timer();
        assertEquals(2, durations.count());
        assertEquals(12, durations.totalTime(TimeUnit.MILLISECONDS));
        DistributionSummary groups = meters.get("tocsin.delivery.log.group").summary();
        assertEquals(3, groups.count());
        assertEquals(3, groups.totalAmount());
    }

    private static Map<String, Double> counts(MeterRegistry meters, String meter, String... tags) {
        return meters.get(meter).counters().stream()
                .collect(Collectors.toMap(
                        counter -> Stream.of(tags)
                                .map(tag -> counter.getId().getTag(tag))
                                .collect(Collectors.joining(" ")),
                        Counter::count));
    }

    @Test
    void keepsTimesToTheMicrosecond() {
        // Given
        Instant finer = now.plusNanos(1_999);

        // When
        log.write(List.of(retrying(one, 1, finer)), finer);
        log.write(List.of(retrying(one, 2, finer)), finer);

        // Then
        assertEquals("0", payloadDays(one));
        assertEquals("t", row(one, "payload_at = '" + finer.truncatedTo(ChronoUnit.MICROS) + "'"));
    }
}
