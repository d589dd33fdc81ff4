package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.matcher.feed.Intake;
import tocsin.matcher.feed.IntakeOutcome;
import tocsin.matcher.feed.PublishedAdvisory;
import tocsin.matcher.feed.Remembered;
import tocsin.matcher.match.MatchIds;
import tocsin.matcher.osv.OsvAdvisory.AffectedPackage;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryPublished;

/** Accepts, drops or refuses each published advisory by what is remembered of it. */
final class IntakeProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private static final Logger LOG = LoggerFactory.getLogger(IntakeProcessor.class);

    private final MatchSettings settings;
    private final FeedTags feeds;
    private final MessageReader<AdvisoryPublished> messages = MessageReader.of(AdvisoryPublished.class);
    private final MessageCodec<AdvisoryAccepted> acceptedCodec = MessageCodec.of(AdvisoryAccepted.class);

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private RecordPublisher publisher;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private KeyValueStore<Bytes, byte[]> memory;

    IntakeProcessor(MatchSettings settings, FeedTags feeds) {
        this.settings = settings;
        this.feeds = feeds;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        publisher = RecordPublisher.ofRekeyed(context, settings, MatchTopology.QUARANTINED_REFUSED);
        memory = context.getStateStore(MatchTopology.ADVISORIES_BY_ID);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        publisher.orQuarantine(record, () -> read(record)).ifPresent(reading -> {
            switch (reading) {
                case PublishedAdvisory.Reading.Read(PublishedAdvisory advisory) -> decide(record, advisory);
                case PublishedAdvisory.Reading.Unreadable(String reason) -> publisher.quarantine(record, reason);
            }
        });
    }

    private PublishedAdvisory.Reading read(Record<byte[], byte[]> record) {
        return PublishedAdvisory.read(messages.read(record.value()), Instant.ofEpochMilli(record.timestamp()));
    }

    private void decide(Record<byte[], byte[]> record, PublishedAdvisory advisory) {
        Bytes key = Bytes.wrap(advisory.identity().getBytes(UTF_8));
        Optional<Remembered> remembered = Optional.ofNullable(memory.get(key)).map(Remembered::decode);
        // Read before: a store that fails is no reason to put the record aside.
        Map<PackageKey, AdvisoryAccepted> last = new HashMap<>();
        Stream.concat(
                        advisory.osv().packages().stream().map(AffectedPackage::packageKey),
                        remembered.stream().flatMap(known -> known.packages().stream()))
                .distinct()
                .forEach(packageKey -> Optional.ofNullable(memory.get(lastKey(advisory.identity(), packageKey)))
                        .ifPresent(bytes -> last.put(packageKey, acceptedCodec.decode(bytes))));
        publisher
                .orQuarantine(
                        record,
                        () -> Intake.decide(
                                advisory, remembered, packageKey -> Optional.ofNullable(last.get(packageKey))))
                .ifPresent(outcome -> apply(record, advisory, key, outcome));
    }

    private void apply(Record<byte[], byte[]> record, PublishedAdvisory advisory, Bytes key, IntakeOutcome decided) {
        switch (decided) {
            case IntakeOutcome.Accepted(
                    List<AdvisoryAccepted> accepted,
                    Remembered remember,
                    Optional<String> flaw) -> {
                memory.put(key, remember.encode());
                accepted.forEach(each -> publish(record, advisory, each));
                flaw.ifPresent(reason -> publisher.quarantine(record, "accepted but for: " + reason));
                count(advisory, "accepted");
            }
            case IntakeOutcome.OlderRevision(Instant known) -> {
                LOG.atDebug()
                        .addKeyValue("feed", advisory.feed())
                        .addKeyValue("advisoryId", advisory.osv().id())
                        .addKeyValue("known", known)
                        .log("advisory.older");
                count(advisory, "older");
            }
            case IntakeOutcome.Refused(String reason) -> {
                publisher.quarantine(record, reason);
                count(advisory, "refused");
            }
        }
    }

    private void publish(Record<byte[], byte[]> cause, PublishedAdvisory advisory, AdvisoryAccepted accepted) {
        PackageKey packageKey = AdvisoryRepository.packageOf(accepted);
        memory.put(lastKey(advisory.identity(), packageKey), acceptedCodec.encode(accepted));
        publisher.send(
                MatchTopology.ACCEPTED,
                cause,
                RecordKeys.advisoryAccepted(packageKey, accepted.getFeed(), accepted.getAdvisoryId()),
                acceptedCodec.encode(accepted),
                MatchIds.ofAdvisory(accepted).toString());
    }

    /** What was accepted last for one package. An identity holds no zero byte, so none is the beginning of another's key. */
    private static Bytes lastKey(String identity, PackageKey packageKey) {
        return Bytes.wrap((identity + '\0' + packageKey.text()).getBytes(UTF_8));
    }

    private void count(PublishedAdvisory advisory, String outcome) {
        settings.registry()
                .counter("tocsin.matcher.intake", "feed", feeds.of(advisory.feed()), "outcome", outcome)
                .increment();
    }
}
