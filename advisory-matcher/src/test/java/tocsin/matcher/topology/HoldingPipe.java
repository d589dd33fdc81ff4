package tocsin.matcher.topology;

import static tocsin.matcher.topology.Samples.download;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tocsin.matcher.topology.Samples.Osv;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryDecision;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.HoldDecision;

/** A pipe that holds what is implausible from four audiences on, as many as have fetched event-stream. */
final class HoldingPipe implements AutoCloseable {

    /** Who fetched it, each a version of its own: 1.0.0 to 1.0.3. */
    static final Set<String> ALL = Set.of("org:0", "org:1", "org:2", "org:3");

    static final String LATER = "2026-04-17T11:00:00Z";
    static final String LATER_STILL = "2026-04-17T11:30:00Z";
    static final MessageCodec<AdvisoryHeld> HELD = MessageCodec.of(AdvisoryHeld.class);

    private static final MessageCodec<AdvisoryDecision> DECISION = MessageCodec.of(AdvisoryDecision.class);

    final MatchPipe pipe = new MatchPipe(0, 4);

    HoldingPipe() {
        allFetch("event-stream");
    }

    void allFetch(String name) {
        for (int i = 0; i < 4; i++) {
            pipe.download(download(name + "-" + i)
                    .setAudience("org:" + i)
                    .setPackageName(name)
                    .setVersion("1.0." + i));
        }
        tellWhatWasCounted();
    }

    /** As happens once a second. */
    void tellWhatWasCounted() {
        pipe.passTime(Duration.ofSeconds(1));
    }

    /** Received when it was modified. */
    void publishRevision(Osv osv, String modified) {
        pipe.publish(Samples.published(osv.modifiedAt(modified).json(), Instant.parse(modified)));
    }

    void release(AdvisoryHeld held) {
        decide(held, HoldDecision.RELEASE, "admin-1", MatchPipe.NOW);
    }

    void decide(AdvisoryHeld held, HoldDecision decision, @Nullable String by, Instant at) {
        pipe.sendBytes(Topics.ADVISORY_DECISION, null, decision(held, decision, by, at));
    }

    static byte[] decision(AdvisoryHeld held, HoldDecision decision, @Nullable String by, Instant at) {
        AdvisoryAccepted advisory = held.getAdvisory();
        return DECISION.encode(AdvisoryDecision.newBuilder()
                .setHoldId(held.getHoldId())
                .setFeed(advisory.getFeed())
                .setAdvisoryId(advisory.getAdvisoryId())
                .setEcosystem(advisory.getEcosystem())
                .setPackageName(advisory.getPackageName())
                .setDecision(decision)
                .setDecidedAt(at)
                .setDecidedBy(by)
                .setReason("because")
                .build());
    }

    /** Of something that is bad, since the last call; that it is not any more, only they are told who were told before. */
    Set<String> told() {
        return pipe.matches().stream()
                .filter(match -> match.getAdvisory().getWithdrawnAt().isEmpty())
                .map(AdvisoryMatched::getAudience)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    AdvisoryHeld held() {
        return rows().getLast();
    }

    /** Since the last call. */
    List<AdvisoryHeld> rows() {
        return pipe.records(Topics.ADVISORY_HELD).stream()
                .map(record -> HELD.decode(record.value()))
                .toList();
    }

    @Override
    public void close() {
        pipe.close();
    }
}
