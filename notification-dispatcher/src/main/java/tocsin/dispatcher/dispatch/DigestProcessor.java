package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.schemas.Audience;

/** Looks each second for mails that waited for each other long enough. */
@Singleton
final class DigestProcessor extends DueProcessor {

    private static final Duration BETWEEN = Duration.ofSeconds(1);
    /** What fails by our fault fails again; a person is told of it each time. */
    private static final Duration AFTER_A_FAULT = Duration.ofMinutes(5);

    private static final int AT_ONCE = 100;

    private final CampaignRepository campaigns;
    private final Digests digests;
    private final TokenDirectory tokens;
    private final Clock clock;

    DigestProcessor(CampaignRepository campaigns, Digests digests, TokenDirectory tokens, Clock clock) {
        super("digests", BETWEEN);
        this.campaigns = campaigns;
        this.digests = digests;
        this.tokens = tokens;
        this.clock = clock;
    }

    /** A token that we have not read of yet would look like one without an address. */
    @Override
    boolean isReady() throws InterruptedException {
        return tokens.awaitLoaded(Duration.ZERO);
    }

    @Override
    boolean doDue() {
        List<Audience> due = campaigns.due(clock.instant(), AT_ONCE);
        for (Audience audience : due) {
            faultOf(Optional.empty(), () -> digests.send(audience)).ifPresent(_ -> setAside(audience));
        }
        // What one mail does not hold is due at once in the next.
        return !due.isEmpty();
    }

    /** Those that can be told by no mail, so that the others are; all, if each of them could. */
    private void setAside(Audience audience) {
        Instant to = clock.instant().plus(AFTER_A_FAULT);
        List<UUID> bad = digests.due(audience).stream()
                .filter(notification -> faultOf(Optional.empty(), () -> digests.tryAlone(notification))
                        .isPresent())
                .toList();
        if (bad.isEmpty()) {
            campaigns.postpone(audience, to);
        } else {
            campaigns.postpone(bad, to);
        }
    }
}
