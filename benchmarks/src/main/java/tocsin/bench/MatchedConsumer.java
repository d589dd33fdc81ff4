package tocsin.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.testsupport.KafkaBroker;

/** Reads {@code advisory.matched} as it comes, and remembers when. Times are of {@link System#nanoTime}. */
final class MatchedConsumer implements AutoCloseable {

    private final MessageCodec<AdvisoryMatched> codec = MessageCodec.of(AdvisoryMatched.class);
    private final Map<String, Scan> scans = new ConcurrentHashMap<>();
    private final Map<String, Long> lateDownloads = new ConcurrentHashMap<>();
    private final FollowingConsumer following;

    /**
     * What a scan has told by now.
     *
     * @param lastAt when its last match came
     */
    record Scan(long matches, long lastAt) {}

    MatchedConsumer(KafkaBroker broker) {
        this.following = new FollowingConsumer(broker, List.of(Topics.ADVISORY_MATCHED.name()), this::remember);
    }

    private void remember(ConsumerRecord<byte[], byte[]> record) {
        AdvisoryMatched match = codec.decode(record.value());
        long now = System.nanoTime();
        if (match.getLate()) {
            lateDownloads.putIfAbsent(match.getDownloads().getFirst().getEventId(), now);
        } else {
            scans.merge(
                    match.getAdvisory().getAdvisoryId(),
                    new Scan(1, now),
                    (before, one) -> new Scan(before.matches() + 1, one.lastAt()));
        }
    }

    long matches(String advisoryId) {
        return scan(advisoryId).matches();
    }

    Scan scan(String advisoryId) {
        return scans.getOrDefault(advisoryId, new Scan(0, 0));
    }

    /** When the download was told of that came after its advisory. */
    Optional<Long> toldAt(String eventId) {
        return Optional.ofNullable(lateDownloads.get(eventId));
    }

    @Override
    public void close() {
        following.close();
    }
}
