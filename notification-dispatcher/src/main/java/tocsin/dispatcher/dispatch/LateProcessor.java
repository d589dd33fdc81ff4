package tocsin.dispatcher.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.schemas.Audience;
import tocsin.schemas.Topics;
import tocsin.service.kafka.BadRecord;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;

/** Looks several times a second for late downloads that waited long enough. What cannot be told goes to quarantine: if it stayed, enough of it would stop all others. */
@Singleton
final class LateProcessor extends DueProcessor {

    private static final Duration CATCH_UP = Duration.ofSeconds(3);
    private static final Duration BETWEEN = Duration.ofMillis(250);
    private static final int AT_ONCE = 200;

    private final LateRepository late;
    private final FollowUps followUps;
    private final TokenDirectory tokens;
    private final EndpointDirectory endpoints;
    private final KafkaClients clients;
    private final Quarantine quarantine;
    private final Clock clock;

    LateProcessor(
            LateRepository late,
            FollowUps followUps,
            TokenDirectory tokens,
            EndpointDirectory endpoints,
            KafkaClients clients,
            Quarantine quarantine,
            Clock clock) {
        super("late-downloads", BETWEEN);
        this.late = late;
        this.followUps = followUps;
        this.tokens = tokens;
        this.endpoints = endpoints;
        this.clients = clients;
        this.quarantine = quarantine;
        this.clock = clock;
    }

    /**
     * A token that we have not read of yet would look like one that nobody registered, and its row would be closed for good; nor would we know in which form an
     * endpoint wants it.
     */
    @Override
    boolean isReady() throws InterruptedException {
        return tokens.awaitLoaded(Duration.ZERO) && endpoints.awaitLoaded(Duration.ZERO);
    }

    @Override
    boolean doDue() throws InterruptedException {
        List<LateRepository.Due> due = late.due(clock.instant(), AT_ONCE);
        int left = 0;
        for (LateRepository.Due one : due) {
            if (isKnownWhetherRegistered(one.audience())) {
                tell(one);
            } else {
                left++;
            }
        }
        return due.size() == AT_ONCE && left == 0;
    }

    private boolean isKnownWhetherRegistered(Audience audience) throws InterruptedException {
        return switch (audience) {
            case Audience.Organisation _ -> true;
            case Audience.Token(String token) ->
                tokens.isFresh() && (tokens.knows(token) || tokens.awaitCaughtUp(CATCH_UP));
        };
    }

    private void tell(LateRepository.Due due) {
        faultOf(Optional.of(due.incident()), () -> followUps.tell(due)).ifPresent(fault -> {
            String reason = "telling late downloads failed: " + fault;
            late.setAside(due, waiting -> quarantine.put(bad(due, waiting), reason));
        });
    }

    /** As it came in {@code advisory.matched}, so that whoever sends it there again has it told. */
    private BadRecord bad(LateRepository.Due due, LateRepository.Waiting waiting) {
        return new BadRecord(
                clients.topic(Topics.ADVISORY_MATCHED.name()),
                waiting.origin().partition(),
                waiting.origin().offset(),
                due.audience().text().getBytes(UTF_8),
                waiting.bytes(),
                new RecordHeaders());
    }
}
