package tocsin.dispatcher.email;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.MovableClock;

class SmtpPlacesTest {

    private static final int PLACES = 2;

    private final ScriptedSmtpServer server = new ScriptedSmtpServer();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final SmtpConfig config = new SmtpConfig(
            "127.0.0.1",
            server.port(),
            "alarm@tocsin.example.com",
            null,
            null,
            SmtpConfig.Tls.NONE,
            null,
            "",
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            PLACES);
    private final SmtpPlaces places = places(config, Duration.ofDays(1));

    private static SmtpPlaces places(SmtpConfig config, Duration fresh) {
        return new SmtpPlaces(
                new SmtpClient(
                        config,
                        new MimeMessageFactory(
                                config, (_, _) -> Optional.empty(), MovableClock.at("2026-04-17T10:00:00Z"))),
                config,
                fresh);
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        places.close();
        server.close();
    }

    private List<Future<Optional<SmtpAnswer>>> sendAtOnce(int mails) {
        List<Future<Optional<SmtpAnswer>>> sending = new ArrayList<>();
        for (int i = 0; i < mails; i++) {
            sending.add(threads.submit(() -> places.send(MailSamples.requested("org:acme"), () -> true)));
        }
        return sending;
    }

    @Test
    void opensNoMoreConnectionsThanItMay() throws ExecutionException, InterruptedException {
        // When
        List<Future<Optional<SmtpAnswer>>> sending = sendAtOnce(50);

        // Then
        for (Future<Optional<SmtpAnswer>> one : sending) {
            assertInstanceOf(SmtpAnswer.Accepted.class, one.get().orElseThrow());
        }
        assertEquals(50, server.taken().size());
        assertTrue(server.connections() <= PLACES, "connections: " + server.connections());
    }

    @Test
    void letsNobodyAskAServerAgainThatWasFoundAwayWhileHeWaited() throws ExecutionException, InterruptedException {
        // Given two that hear nothing until their patience ends
        server.next("GREETING", "silence");
        server.next("GREETING", "silence");
        List<Future<Optional<SmtpAnswer>>> first = sendAtOnce(PLACES);
        await().until(() -> server.connections() == PLACES);

        // When more come meanwhile
        List<Future<Optional<SmtpAnswer>>> waiting = sendAtOnce(20);

        // Then
        for (Future<Optional<SmtpAnswer>> one : first) {
            assertInstanceOf(SmtpAnswer.Unavailable.class, one.get().orElseThrow());
        }
        for (Future<Optional<SmtpAnswer>> one : waiting) {
            assertInstanceOf(SmtpAnswer.Unavailable.class, one.get().orElseThrow());
        }
        assertEquals(PLACES, server.connections());

        // And whoever comes later asks anew
        assertInstanceOf(
                SmtpAnswer.Accepted.class,
                places.send(MailSamples.requested("org:acme"), () -> true).orElseThrow());
    }

    @Test
    void asksAgainWhetherAMailIsWantedThatHasWaitedTooLong() throws InterruptedException {
        try (SmtpPlaces forgetful = places(config, Duration.ZERO);
                SmtpPlaces trusting = places(config, Duration.ofDays(1))) {
            // When
            Optional<SmtpAnswer> askedAgain = forgetful.send(MailSamples.requested("org:acme"), () -> false);
            Optional<SmtpAnswer> atOnce = trusting.send(MailSamples.requested("org:acme"), () -> false);

            // Then
            assertEquals(Optional.empty(), askedAgain);
            assertEquals(Optional.of(new SmtpAnswer.Accepted()), atOnce);
            assertEquals(1, server.taken().size());
        }
    }
}
