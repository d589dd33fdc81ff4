package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.EmailRequested;
import tocsin.service.MissingConfiguration;
import tocsin.testsupport.MovableClock;

class SmtpClientTest {

    private final ScriptedSmtpServer server = new ScriptedSmtpServer();

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "MAIL, 451 later, Temporary",
        "MAIL, 550 no, Unavailable",
        "MAIL, 554 sender not allowed, Unavailable",
        "MAIL, 552 too large, Permanent",
        "RCPT, 421 closing, Temporary",
        "RCPT, 450 mailbox busy, Temporary",
        "RCPT, 550 no such user, Permanent",
        "RCPT, 552 mailbox full, Permanent",
        "DATA, 451 later, Temporary",
        "DATA, 554 refused, Permanent",
        "BODY, 451 later, Temporary",
        "BODY, 554 looks like spam, Permanent",
        "RCPT, drop, Temporary",
        "DATA, drop, Temporary",
        "BODY, drop, Temporary",
        "BODY, silence, Temporary",
        "MAIL, 530 authenticate first, Unavailable",
        "GREETING, 554 no service, Unavailable",
        "GREETING, 421 too many, Unavailable",
        "GREETING, silence, Unavailable",
        "GREETING, slowly 220 ready, Accepted",
        "GREETING, drop, Unavailable",
        "QUIT, drop, Accepted",
        "QUIT, 451 strange, Accepted",
    })
    void judgesTheAnswer(String command, String answer, String judgement) {
        // Given
        server.next(command, answer);

        // When
        SmtpAnswer judged = client(server.port()).send(mail());

        // Then
        assertEquals(judgement, judged.getClass().getSimpleName(), judged.toString());
    }

    @Test
    void isUnavailableWhereNobodyListens() {
        // Given
        int port = server.port();
        server.close();

        // When / Then
        assertInstanceOf(SmtpAnswer.Unavailable.class, client(port).send(mail()));
    }

    @Test
    void looksThroughNoJarsToMakeAMail() {
        // Given
        SmtpClient client = client(server.port());
        List<String> looked = new ArrayList<>();
        Thread here = Thread.currentThread();
        ClassLoader usual = here.getContextClassLoader();
        here.setContextClassLoader(new ClassLoader(usual) {
            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                looked.add(name);
                return super.getResources(name);
            }
        });

        // When the second is made: what kinds of content there are is looked up once
        SmtpAnswer answer;
        try {
            client.send(mail());
            looked.clear();
            answer = client.send(mail());
        } finally {
            here.setContextClassLoader(usual);
        }

        // Then
        assertInstanceOf(SmtpAnswer.Accepted.class, answer);
        assertEquals(List.of(), looked);
    }

    @Test
    void endsAWriteThatTheServerDoesNotTake() {
        // Given more than lies in the buffers of both
        server.next("DATA", "deaf");
        EmailRequested large = EmailRequested.newBuilder(mail())
                .setText("word ".repeat(4_000_000))
                .build();

        // When
        SmtpAnswer answer = assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> client(server.port()).send(large));

        // Then
        assertInstanceOf(SmtpAnswer.Temporary.class, answer);
    }

    @Test
    void watchesTheWritesOfAllConnectionsByOneThread() {
        // Given
        SmtpClient client = client(server.port());
        client.send(mail());
        Set<Thread> before = Thread.getAllStackTraces().keySet();

        // When
        server.next("GREETING", "220 another");
        client.send(mail());

        // Then
        assertEquals(2, server.connections());
        assertEquals(
                List.of(),
                Thread.getAllStackTraces().keySet().stream()
                        .filter(it -> !before.contains(it) && it.getName().startsWith("pool-"))
                        .map(Thread::getName)
                        .toList());
    }

    @Test
    void keepsTheConnectionForTheNextMail() {
        // Given
        SmtpClient client = client(server.port());

        // When one of several is refused
        server.next("MAIL", "250 ok");
        server.next("RCPT", "550 no such user");
        List<SmtpAnswer> answers =
                Stream.of(1, 2, 3).map(_ -> client.send(mail())).toList();

        // Then the others arrive
        assertEquals(
                List.of("Accepted", "Permanent", "Accepted"),
                answers.stream().map(it -> it.getClass().getSimpleName()).toList());
        assertEquals(2, server.taken().size());
        assertEquals(1, server.connections());
    }

    @ParameterizedTest
    @CsvSource({
        // What took nothing is sent at once over another connection.
        "MAIL, 421 closing, Accepted, 2",
        "MAIL, drop, Accepted, 2",
        "RCPT, drop, Accepted, 2",
        "BODY, 421 closing, Accepted, 2",
        // What may have taken it is left to the ladder, which repeats it with the same Message-ID.
        "DATA, drop, Temporary, 1",
        "BODY, drop, Temporary, 1",
        "BODY, silence, Temporary, 1",
        // What answers goes on.
        "RCPT, 450 busy, Temporary, 1",
        "BODY, 554 looks like spam, Permanent, 1",
    })
    void meetsAConnectionThatTheServerClosedMeanwhile(
            String command, String answer, String judgement, int connections) {
        // Given
        SmtpClient client = client(server.port());
        server.next("MAIL", "250 ok");
        client.send(mail());

        // When
        server.next(command, answer);
        SmtpAnswer judged = client.send(mail());

        // Then
        assertEquals(judgement, judged.getClass().getSimpleName(), judged.toString());
        assertEquals(connections, server.connections());
        assertInstanceOf(SmtpAnswer.Accepted.class, client.send(mail()));
    }

    @Test
    void letsTheHolderOfATokenUnsubscribeAndNoReaderOfAnOrganisation() {
        // Given
        SmtpClient client = client(server.port());

        // When
        client.send(MailSamples.requested("token:" + "a".repeat(64)));
        client.send(mail());

        // Then
        String token = server.taken().getFirst();
        assertTrue(token.contains("List-Unsubscribe: <https://tocsin.example.com/unsubscribe/a@example.com>\n"), token);
        assertTrue(token.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\n"), token);
        for (String taken : server.taken()) {
            assertTrue(taken.contains("List-Id: Tocsin security notices <notices.tocsin.example.com>\n"), taken);
        }
        assertFalse(server.taken().get(1).contains("List-Unsubscribe"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alarm",
                "alarm@",
                "a b@tocsin.example.com",
                "Tocsin <alarm@tocsin.example.com>",
                "a@b@c.example.com",
                "a@example.com\r\nX: y"
            })
    void doesNotStartWithASenderThatNoMailCouldHave(String from) {
        assertThrows(
                MissingConfiguration.class,
                () -> new SmtpConfig(
                        "127.0.0.1",
                        25,
                        from,
                        null,
                        null,
                        SmtpConfig.Tls.NONE,
                        null,
                        "",
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        1));
    }

    @ParameterizedTest
    @CsvSource({"PT0S, PT1S, 1", "PT1S, PT0S, 1", "PT1S, PT-1S, 1", "PT1S, PT1S, 0"})
    void doesNotStartWithWaitsThatNeverEndOrNoConnection(Duration connect, Duration answer, int connections) {
        assertThrows(
                MissingConfiguration.class,
                () -> new SmtpConfig(
                        "127.0.0.1",
                        25,
                        "alarm@tocsin.example.com",
                        null,
                        null,
                        SmtpConfig.Tls.NONE,
                        null,
                        "",
                        connect,
                        answer,
                        connections));
    }

    @Test
    void givesTheMailTheSameIdEachTimeAndThreadsIt() {
        // Given
        SmtpClient client = client(server.port());

        // When
        client.send(mail());
        client.send(mail());

        // Then
        assertEquals(2, server.taken().size());
        for (String taken : server.taken()) {
            assertTrue(taken.contains("Message-ID: <mail-1@tocsin.example.com>\n"), taken);
            assertTrue(taken.contains("References: <mail-0@tocsin.example.com>\n"), taken);
            assertTrue(taken.contains("In-Reply-To: <mail-0@tocsin.example.com>\n"), taken);
            assertTrue(taken.contains("Auto-Submitted: auto-generated\n"), taken);
            assertTrue(taken.contains("Date: Fri, 17 Apr 2026 "), taken);
        }
    }

    private static SmtpClient client(int port) {
        SmtpConfig config = new SmtpConfig(
                "127.0.0.1",
                port,
                "alarm@tocsin.example.com",
                null,
                null,
                SmtpConfig.Tls.NONE,
                null,
                "",
                Duration.ofSeconds(2),
                // What says nothing is waited for, and what says something may be slow on a busy machine.
                Duration.ofSeconds(2),
                1);
        Unsubscribing unsubscribing = (audience, recipient) -> audience instanceof Audience.Token
                ? Optional.of("https://tocsin.example.com/unsubscribe/" + recipient)
                : Optional.empty();
        return new SmtpClient(
                config, new MimeMessageFactory(config, unsubscribing, MovableClock.at("2026-04-17T10:00:00Z")));
    }

    private static EmailRequested mail() {
        return MailSamples.requested("org:acme");
    }
}
