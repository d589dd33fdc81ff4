package tocsin.dispatcher.email;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.EmailRequested;

/** Mails against a server that says no, on a ladder that is short. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmailDeliveryTest {

    private static final MessageCodec<EmailRequested> CODEC = MessageCodec.of(EmailRequested.class);

    private final ScriptedSmtpServer smtp = new ScriptedSmtpServer();
    private RunningDispatcher dispatcher = RunningDispatcher.shared();
    private String org = "";

    @BeforeAll
    void start() {
        dispatcher = RunningDispatcher.beside(Map.of(
                "tocsin.smtp.port", smtp.port(),
                "tocsin.smtp.concurrency", 1,
                "tocsin.confirmation.resend-after", "PT0S",
                "tocsin.email.retry.first", "PT0.1S",
                "tocsin.email.retry.second", "PT0.2S",
                "tocsin.email.retry.third", "PT0.3S",
                "tocsin.email.retry.fourth", "PT0.4S"));
    }

    @AfterAll
    void stop() {
        dispatcher.close();
        smtp.close();
    }

    @Test
    void triesAgainAfterATemporaryRefusal() {
        // Given
        int before = smtp.taken().size();
        smtp.next("RCPT", "450 busy");
        smtp.next("BODY", "451 later");

        // When
        ask();

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).equals(List.of("address_confirmation email delivered -")));
        assertEquals(before + 1, smtp.taken().size());
        assertEquals(List.of("3"), attempts());
    }

    /** A standby that reads only, one that is starting, a circle of transactions, and a row that breaks a rule. */
    @ParameterizedTest
    @ValueSource(strings = {"25006", "57P03", "40P01", "23514"})
    void sendsOnceWhatCannotBeWrittenDown(String sqlState) {
        // Given
        int before = smtp.taken().size();
        dispatcher.update("create or replace function notification_dispatcher.refuse() returns trigger language plpgsql"
                + " as $$ begin raise exception using errcode = '" + sqlState + "'; end $$");
        dispatcher.update("create trigger refuse before update on notification_dispatcher.ledger for each row"
                + " when (new.state = 'delivered') execute function notification_dispatcher.refuse()");
        double faults = faults();

        // When
        try {
            ask();
            await().atMost(RunningDispatcher.SOON).until(() -> faults() >= faults + 2);
        } finally {
            dispatcher.update("drop trigger refuse on notification_dispatcher.ledger");
        }

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).equals(List.of("address_confirmation email delivered -")));
        assertEquals(before + 1, smtp.taken().size());
        assertEquals(List.of("1"), attempts());
    }

    private double faults() {
        return dispatcher.bean(MeterRegistry.class).find("delivery.engine.faults").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Test
    void failsVisiblyAfterALastingRefusal() {
        // Given
        int before = smtp.taken().size();
        smtp.next("RCPT", "550 no such user");

        // When
        ask();

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .ledger(org)
                        .equals(List.of("address_confirmation email failed the SMTP server answered 550")));
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.records(Topics.EMAIL_DEAD.name()).stream()
                        .anyMatch(it -> CODEC.decode(it.value()).getAudience().equals("org:" + org)));
        assertEquals(before, smtp.taken().size());
        assertEquals(List.of("1"), attempts());
    }

    /** Whoever is called for mails that fail looks there; what a server says may name people. */
    @Test
    void logsTheNumberThatTheServerSaidAndNotItsWords() {
        // Given
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(EmailHandler.class);
        logger.addAppender(log);
        smtp.next("RCPT", "550 no such user as somebody");

        try {
            // When
            ask();
            await().atMost(RunningDispatcher.SOON)
                    .until(() -> dispatcher
                            .ledger(org)
                            .equals(List.of("address_confirmation email failed the SMTP server answered 550")));
        } finally {
            logger.detachAppender(log);
        }

        // Then
        List<String> attempted = log.list.stream()
                .filter(event -> event.getMessage().equals("email.attempted"))
                .map(event -> String.valueOf(event.getKeyValuePairs()))
                .toList();
        assertEquals(1, attempted.size(), attempted::toString);
        assertTrue(attempted.getFirst().contains("reason=\"the SMTP server answered 550\""), attempted::getFirst);
        assertFalse(
                log.list.toString().contains("somebody") || attempted.getFirst().contains("somebody"));
    }

    @Test
    void failsWhenTheLadderIsSpent() {
        // Given
        for (int attempt = 1; attempt <= 5; attempt++) {
            smtp.next("RCPT", "450 busy");
        }

        // When
        ask();

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .ledger(org)
                        .equals(List.of("address_confirmation email failed the SMTP server answered 450")));
        assertEquals(List.of("5"), attempts());
    }

    @Test
    void waitsForAServerThatIsAwayWithoutCountingAttempts() {
        // Given
        int before = smtp.taken().size();
        smtp.next("GREETING", "drop");
        smtp.next("GREETING", "421 closing");
        smtp.next("MAIL", "530 authenticate first");

        // When
        ask();

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).equals(List.of("address_confirmation email delivered -")));
        assertEquals(before + 1, smtp.taken().size());
        assertEquals(List.of("1"), attempts());
    }

    @Test
    void doesNotSendAgainWhatIsSettled() {
        // Given
        ask();
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).equals(List.of("address_confirmation email delivered -")));
        EmailRequested request = dispatcher.emails("org:" + org).getFirst();
        int before = smtp.taken().size();

        // When it is asked for once more, and then another mail to the same recipient
        dispatcher.produce(Topics.EMAIL_REQUESTED.name(), "same", CODEC.encode(request));
        String first = org;
        ask();

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).equals(List.of("address_confirmation email delivered -")));
        assertEquals(before + 1, smtp.taken().size());
        assertEquals(1, dispatcher.ledger(first).size());
    }

    @Test
    void putsWhereAMailIsThatNobodyAskedForIntoQuarantineAndNotWhatItSays() {
        // Given
        String quarantine = "notification-dispatcher.quarantine";
        int before = dispatcher.records(quarantine).size();
        ask();
        EmailRequested request = dispatcher.emails("org:" + org).getFirst();

        // When
        dispatcher.produce(Topics.EMAIL_REQUESTED.name(), "a", new byte[] {1, 2, 3});
        dispatcher.produce(
                Topics.EMAIL_REQUESTED.name(),
                "a",
                CODEC.encode(EmailRequested.newBuilder(request)
                        .setNotificationId(UUID.randomUUID().toString())
                        .build()));

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.records(quarantine).size() == before + 2);
        List<ConsumerRecord<byte[], byte[]>> unasked = dispatcher.records(quarantine).stream()
                .filter(record -> new String(
                                record.headers().lastHeader("quarantine-reason").value(), UTF_8)
                        .equals("no notification asks for this mail"))
                .toList();
        assertEquals(1, unasked.size());
        assertEquals(0, unasked.getFirst().key().length + unasked.getFirst().value().length);
    }

    private void ask() {
        org = RunningDispatcher.newOrg();
        dispatcher.ok(
                "POST",
                "/v1/orgs/" + org + "/email-allowlist",
                dispatcher.owner(org),
                "{\"address\":\"" + org + "@example.com\"}");
        await().atMost(RunningDispatcher.SOON)
                .until(() -> !dispatcher.emails("org:" + org).isEmpty());
    }

    private List<String> attempts() {
        return dispatcher.rows(
                "select attempts from notification_dispatcher.ledger join notification_dispatcher.notification"
                        + " using (notification_id) where audience = ?",
                "org:" + org);
    }
}
