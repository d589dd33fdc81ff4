package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.address.Unsubscriptions;
import tocsin.dispatcher.address.VerifiedAddress;
import tocsin.schemas.Audience;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.TokenRegistered;

/**
 * As {@link ToldOracleTest}, for the holders of a personal token: they unsubscribe, verify their address again, hand the token to somebody else, and it is revoked. What
 * is mailed to whom is what a plain model says, and nobody is told twice.
 */
class ToldHolderOracleTest {

    private static final int STEPS = 80;
    private static final MessageCodec<TokenRegistered> REGISTERED = MessageCodec.of(TokenRegistered.class);
    private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

    private static RunningDispatcher dispatcher;

    private final String token = UUID.randomUUID().toString().replace("-", "").repeat(2);
    private int addresses;

    @BeforeAll
    static void start() {
        dispatcher = RunningDispatcher.beside(Map.of("tocsin.follow-up.window", "PT24H"));
    }

    @AfterAll
    static void stop() {
        dispatcher.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void tellsWhatTheModelSays(long seed) {
        // Given
        Random random = new Random(seed);
        ToldStanding.OfHolder standing = new ToldStanding.OfHolder(newAddress(), LONG_AGO);
        register(standing);
        ToldModel model = new ToldModel(standing);
        ToldHistory history = new ToldHistory(dispatcher, "token:" + token, random, model);

        // When
        for (int step = 0; step < STEPS; step++) {
            int dice = random.nextInt(100);
            if (dice < 55) {
                history.match();
            } else if (dice < 65) {
                history.repeat();
            } else if (dice < 72) {
                history.followUps();
            } else if (dice < 79) {
                history.lateTogether();
            } else if (dice < 87) {
                unsubscribe(history, standing);
            } else {
                change(random, standing);
            }
        }

        // Then
        history.assertTold(seed);
    }

    private void unsubscribe(ToldHistory history, ToldStanding.OfHolder standing) {
        if (standing.address.isEmpty()) {
            return;
        }
        // What is on its way would not arrive.
        history.deliverMails();
        String link = dispatcher
                .bean(Unsubscriptions.class)
                .link(new Audience.Token(token), standing.address.get())
                .orElseThrow();
        dispatcher.ok("POST", link.replaceFirst("https://[^/]*", ""), "", "");
        standing.unsubscribed = true;
    }

    private void change(Random random, ToldStanding.OfHolder standing) {
        switch (random.nextInt(4)) {
            case 0 -> {
                // Who proves the address again wants to hear there again.
                standing.address = standing.address.or(() -> Optional.of(newAddress()));
                standing.since = now();
                standing.unsubscribed = false;
                register(standing);
            }
            case 1 -> {
                standing.address = Optional.of(newAddress());
                standing.since = now();
                standing.nextHolder = true;
                standing.unsubscribed = false;
                register(standing);
            }
            case 2 -> {
                standing.address = Optional.empty();
                register(standing);
            }
            default -> {
                // Another address of the same person, who proved it long before we heard of it.
                standing.address = Optional.of(newAddress());
                standing.since = Samples.PUBLISHED.minusSeconds(60L * random.nextInt(24));
                standing.unsubscribed = false;
                register(standing);
            }
        }
    }

    private String newAddress() {
        return "holder" + addresses++ + "-" + token.substring(0, 10) + "@example.com";
    }

    /** Later than what was done before. */
    private static Instant now() {
        return dispatcher
                .bean(Clock.class)
                .instant()
                .truncatedTo(ChronoUnit.MILLIS)
                .plusMillis(1);
    }

    private void register(ToldStanding.OfHolder standing) {
        TokenRegistered.Builder registered = TokenRegistered.newBuilder().setTokenId(token);
        standing.address.ifPresentOrElse(
                it -> registered
                        .setVerifiedEmail(it)
                        .setVerifiedAt(standing.since)
                        .setHeldSince(standing.nextHolder ? standing.since : null),
                () -> registered.setRevokedAt(now()));
        dispatcher.produce(Topics.TOKEN_REGISTERED.name(), token, REGISTERED.encode(registered.build()));
        TokenDirectory directory = dispatcher.bean(TokenDirectory.class);
        await().atMost(RunningDispatcher.SOON)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> directory.knows(token)
                        && directory
                                .addressOf(token)
                                .map(VerifiedAddress::address)
                                .equals(standing.address)
                        && directory
                                .addressOf(token)
                                .map(VerifiedAddress::verifiedAt)
                                .equals(standing.address.map(_ -> standing.since)));
    }
}
