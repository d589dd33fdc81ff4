package tocsin.sender.pace;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What of an endpoint's turns is taken.
 *
 * @param second since 1970, the last of which turns were taken; instances whose clocks differ by a few seconds never set it back, so each is counted once
 * @param used of that second
 * @param spreadUntil when the last of those that had none has been told to ask again, at the earliest
 */
record Pace(int maxPerSecond, long second, int used, Instant spreadUntil) {

    /** Clocks differ by less. A second further ahead was counted by a clock that was wrong, and would hold everything up until it comes. */
    private static final long MOST_AHEAD = 10;

    /** A changed limit is in force for those that wait within this time. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** @param next what is taken then */
    record Taken(Pace next, Turns turns) {}

    /** As many turns as there are. The rest are told to come at the pace at which there will be turns, so that no more come than can go. */
    Taken take(int wanted, Instant now) {
        long current = now.getEpochSecond();
        boolean isNew = current > second || second - current > MOST_AHEAD;
        long counted = isNew ? current : second;
        int before = isNew ? 0 : used;
        int granted = Math.clamp(maxPerSecond - before, 0, wanted);
        Duration step = SECOND.dividedBy(maxPerSecond);
        Instant last = now.plus(LONGEST_WAIT);
        Instant following = Instant.ofEpochSecond(counted).plus(SECOND);
        Instant at = spreadUntil.isAfter(following) ? spreadUntil : following;
        List<Instant> later = new ArrayList<>();
        for (int i = granted; i < wanted; i++) {
            at = at.isAfter(last) ? last : at;
            later.add(at);
            at = at.plus(step);
        }
        return new Taken(
                new Pace(maxPerSecond, counted, before + granted, later.isEmpty() ? spreadUntil : at),
                new Turns(granted, later, maxPerSecond));
    }
}
