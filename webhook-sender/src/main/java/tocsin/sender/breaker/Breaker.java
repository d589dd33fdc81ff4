package tocsin.sender.breaker;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The rules, without a memory of their own. */
record Breaker(BreakerConfig config) {

    private static final int MOST_DOUBLINGS = 20;

    /** Without a failure for so long, it has not been failing all the time. */
    private static final Duration QUIET = Duration.ofDays(1);

    /** Whether an attempt may be made. */
    sealed interface Admission {
        record Usual() implements Admission {}

        /** One attempt, if nobody else has got it: then this is how the endpoint is doing. */
        record Probe(Health claimed) implements Admission {}

        record Wait(Instant until) implements Admission {}
    }

    /** @param health empty for one whose last attempt went well */
    Admission admit(Optional<Health> health, Instant now) {
        if (health.isEmpty() || health.get().openUntil().isEmpty()) {
            return new Admission.Usual();
        }
        Health failing = health.get();
        Instant until = failing.openUntil().get();
        if (now.isBefore(until)) {
            return new Admission.Wait(until);
        }
        return new Admission.Probe(new Health(
                failing.failures(),
                failing.failingSince(),
                failing.lastFailureAt(),
                Optional.of(now),
                Optional.of(now.plus(config.probeTime())),
                true));
    }

    /**
     * @param startedAt of the attempt that failed
     * @return as it was, if the attempt says nothing new: it was under way already when the endpoint was left alone
     */
    Health failed(Optional<Health> health, Instant startedAt, Instant now) {
        if (health.flatMap(Health::openedAt).filter(startedAt::isBefore).isPresent()) {
            return health.get();
        }
        int failures = Math.addExact(health.map(Health::failures).orElse(0), 1);
        // Of the time in which nothing was sent nobody knows how the endpoint was.
        Instant since = health.filter(it -> !it.lastFailureAt().plus(QUIET).isBefore(startedAt))
                .map(Health::failingSince)
                .orElse(startedAt);
        return failures < config.failures()
                ? new Health(failures, since, now, Optional.empty(), Optional.empty(), false)
                : new Health(
                        failures,
                        since,
                        now,
                        Optional.of(now),
                        Optional.of(now.plus(pause(failures - config.failures()))),
                        false);
    }

    private Duration pause(int times) {
        Duration pause = config.pause().multipliedBy(1L << Math.min(times, MOST_DOUBLINGS));
        return pause.compareTo(config.longestPause()) < 0 ? pause : config.longestPause();
    }

    /** Whether nobody seems to care for it any more. */
    boolean isGivenUp(Health health, Instant now) {
        return !health.failingSince().plus(config.disableAfter()).isAfter(now);
    }
}
