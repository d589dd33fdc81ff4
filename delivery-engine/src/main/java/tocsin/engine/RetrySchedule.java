package tocsin.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import tocsin.engine.RetryLadder.Tier;

/** When, and in which tier, a record waits. Times are whole milliseconds, rounded up: never early. */
record RetrySchedule(RetryLadder ladder) {

    /** A receiver may ask for any wait; topics keep records for 14 days. */
    static final Duration LONGEST_WAIT = Duration.ofDays(7);

    record Next(Tier tier, Instant notBefore) {}

    /**
     * @param attempt the one that has failed, 1 for the first
     * @param atLeast can only lengthen the wait of the tier
     * @return empty once the ladder is spent
     */
    Optional<Next> after(int attempt, Instant failedAt, Optional<Duration> atLeast) {
        if (attempt >= ladder.attempts()) {
            return Optional.empty();
        }
        Tier own = ladder.tiers().get(Math.max(attempt, 1) - 1);
        Duration wait = longer(own.delay(), atLeast.orElse(Duration.ZERO));
        // Long waits lie together: one that must wait a minute would hold a place in the window of the 1 s tier.
        Tier tier = longestWithin(wait);
        return Optional.of(new Next(tier, up(failedAt.plus(wait))));
    }

    /** Without an attempt, for a while: the shortest tier. */
    Next shortly(Instant now) {
        Tier first = ladder.tiers().getFirst();
        return new Next(first, up(now.plus(first.delay())));
    }

    /** Without an attempt, for longer than in that tier: the one after it, or the last one again. */
    Next beyond(String topic, Instant now) {
        List<Tier> tiers = ladder.tiers();
        Tier next = tiers.getLast();
        for (int n = 0; n + 1 < tiers.size(); n++) {
            if (tiers.get(n).topic().equals(topic)) {
                next = tiers.get(n + 1);
            }
        }
        return new Next(next, up(now.plus(next.delay())));
    }

    /** Without an attempt, until somebody may have mended it: the longest tier. */
    Next muchLater(Instant now) {
        Tier last = ladder.tiers().getLast();
        return new Next(last, up(now.plus(last.delay())));
    }

    /** The same due time from another place: the tier that makes it least late. */
    Next notBefore(Instant due, Instant now) {
        return new Next(longestWithin(Duration.between(now, due)), due);
    }

    /**
     * @param notBefore believed only as far as this schedule could have written it: whoever else can write to the tier
     *     must not make a record wait for ever
     * @param appendedAt the broker's clock, a second opinion on when the wait began
     */
    Instant due(Instant notBefore, Instant appendedAt, Tier tier) {
        Instant byAppend = appendedAt.plus(tier.delay());
        Instant latest =
                appendedAt.plus(LONGEST_WAIT).plus(ladder.tiers().getLast().delay());
        Instant believed = notBefore.isAfter(latest) ? latest : notBefore;
        return believed.isAfter(byAppend) ? believed : byAppend;
    }

    private Tier longestWithin(Duration wait) {
        List<Tier> tiers = ladder.tiers();
        return tiers.reversed().stream()
                .filter(it -> it.delay().compareTo(wait) <= 0)
                .findFirst()
                .orElse(tiers.getFirst());
    }

    private static Duration longer(Duration tier, Duration asked) {
        Duration capped = asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
        return capped.compareTo(tier) > 0 ? capped : tier;
    }

    private static Instant up(Instant instant) {
        Instant millis = instant.truncatedTo(ChronoUnit.MILLIS);
        return millis.equals(instant) ? instant : millis.plusMillis(1);
    }
}
