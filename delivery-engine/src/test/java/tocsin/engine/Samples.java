package tocsin.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import tocsin.engine.Progress.Origin;
import tocsin.engine.RetryLadder.Tier;

/** Valid by default; a test changes what it is about. */
final class Samples {

    private Samples() {}

    static InboundRecord record(long offset) {
        return record(offset, "body " + offset);
    }

    static InboundRecord record(long offset, String body, MessageHeader... headers) {
        return new InboundRecord(
                "source",
                0,
                offset,
                "key".getBytes(UTF_8),
                body.getBytes(UTF_8),
                List.of(headers),
                Progress.fresh(new Origin("source", 0, offset)),
                Instant.EPOCH,
                false,
                Instant.EPOCH);
    }

    /** With the topics retry.1, retry.2, … */
    static RetryLadder ladder(Duration... delays) {
        return new RetryLadder(IntStream.range(0, delays.length)
                .mapToObj(n -> new Tier("retry." + (n + 1), delays[n]))
                .toList());
    }
}
