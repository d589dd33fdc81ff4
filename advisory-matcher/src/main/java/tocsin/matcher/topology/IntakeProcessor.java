package tocsin.matcher.topology;

import io.micrometer.core.instrument.Counter;
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
import tocsin.matcher.feed.Holding;
import tocsin.matcher.feed.Intake;
import tocsin.matcher.feed.IntakeOutcome;
import tocsin.matcher.feed.PublishedAdvisory;
import tocsin.matcher.feed.Remembered;
import tocsin.matcher.match.MatchIds;
import tocsin.matcher.osv.OsvAdvisory.AffectedPackage;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryDecision;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.HoldState;
import tocsin.service.tracing.TraceParent;
import tocsin.service.tracing.Tracing;

/** Accepts, holds, drops or refuses each published advisory by what is remembered of it, and does what is decided of those that are held. */
final class IntakeProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private static final Logger LOG = LoggerFactory.getLogger(IntakeProcessor.class);

    private final MatchSettings settings;
    private final FeedTags feeds;
    private final FeedMetrics feedMetrics;
    private final MessageReader<AdvisoryPublished> messages = MessageReader.of(AdvisoryPublished.class);
    private final MessageReader<AdvisoryDecision> decisions = MessageReader.of(AdvisoryDecision.class);
    private final MessageReader<AdvisoryHeld> heldMessages = MessageReader.of(AdvisoryHeld.class);
    private final MessageCodec<AdvisoryAccepted> acceptedCodec = MessageCodec.of(AdvisoryAccepted.class);
    private final MessageCodec<AdvisoryHeld> heldCodec = MessageCodec.of(AdvisoryHeld.class);

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private RecordPublisher publisher;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private StatusPublisher status;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private RememberedRepository memory;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private HoldRepository holds;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private PopularityRepository popularity;

    IntakeProcessor(MatchSettings settings, FeedTags feeds, FeedMetrics feedMetrics) {
        this.settings = settings;
        this.feeds = feeds;
        this.feedMetrics = feedMetrics;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        publisher = RecordPublisher.ofRekeyed(context, settings, MatchTopology.QUARANTINED_REFUSED);
        status = new StatusPublisher(publisher, settings.clock());
        KeyValueStore<Bytes, byte[]> advisories = context.getStateStore(MatchTopology.ADVISORIES_BY_ID);
        memory = new RememberedRepository(advisories);
        holds = new HoldRepository(advisories);
        popularity = new PopularityRepository(context.getStateStore(MatchTopology.POPULARITY));
        memory.rebuild(context.taskId().partition(), settings.acceptedBefore());
    }

    /** Where it came in says what it is: what outsiders write comes from no other topic than theirs. */
    @Override
    public void process(Record<byte[], byte[]> record) {
        String origin = publisher.originTopic(record);
        if (origin.equals(settings.name(Topics.ADVISORY_DECISION))) {
            publisher
                    .orQuarantine(record, () -> decisions.read(record.value()))
                    .ifPresent(decision -> decide(record, decision));
        } else if (origin.equals(settings.name(Topics.ADVISORY_HELD))) {
            publisher
                    .orQuarantine(record, () -> heldMessages.read(record.value()))
                    .ifPresent(row -> remember(record, row));
        } else {
            publisher.orQuarantine(record, () -> read(record)).ifPresent(reading -> {
                switch (reading) {
                    case PublishedAdvisory.Reading.Read(PublishedAdvisory advisory) ->
                        settings.tracing().run("advisory.intake", TraceParent.in(record.headers()), () -> {
                            Tracing.note("tocsin.feed", advisory.feed());
                            Tracing.note("tocsin.advisory_id", advisory.osv().id());
                            decide(record, advisory);
                        });
                    case PublishedAdvisory.Reading.Unreadable(String reason) -> publisher.quarantine(record, reason);
                }
            });
        }
    }

    private PublishedAdvisory.Reading read(Record<byte[], byte[]> record) {
        return PublishedAdvisory.read(messages.read(record.value()), Instant.ofEpochMilli(record.timestamp()));
    }

    private void decide(Record<byte[], byte[]> record, PublishedAdvisory advisory) {
        feedMetrics.received(
                advisory.feed(), advisory.receivedAt(), advisory.osv().modified());
        Optional<Remembered> remembered = memory.find(advisory.identity());
        Map<PackageKey, AdvisoryHeld> held = new HashMap<>();
        Stream.concat(
                        advisory.osv().packages().stream().map(AffectedPackage::packageKey),
                        remembered.stream().flatMap(known -> known.packages().stream()))
                .distinct()
                .forEach(packageKey ->
                        holds.find(advisory.identity(), packageKey).ifPresent(row -> held.put(packageKey, row)));
        Map<PackageKey, Integer> audiences = new HashMap<>();
        if (settings.holdFrom() > 0) {
            Stream.concat(
                            advisory.osv().packages().stream()
                                    .filter(AffectedPackage::allVersions)
                                    .map(AffectedPackage::packageKey),
                            held.keySet().stream())
                    .forEach(packageKey -> audiences.computeIfAbsent(packageKey, popularity::audiencesOf));
        }
        Holding holding = new Holding(
                settings.holdFrom(),
                packageKey -> audiences.getOrDefault(packageKey, 0),
                packageKey -> Optional.ofNullable(held.get(packageKey)));
        publisher
                .orQuarantine(
                        record, () -> Intake.decide(advisory, remembered, memory.lastOf(advisory.identity()), holding))
                .ifPresent(outcome -> apply(record, advisory, outcome));
    }

    private void apply(Record<byte[], byte[]> record, PublishedAdvisory advisory, IntakeOutcome decided) {
        switch (decided) {
            case IntakeOutcome.Accepted(
                    List<AdvisoryAccepted> accepted,
                    List<AdvisoryHeld> rows,
                    Remembered remember,
                    Optional<String> flaw) -> {
                memory.put(advisory.identity(), remember);
                accepted.forEach(each -> publish(record, each));
                rows.forEach(row -> keep(record, row));
                flaw.ifPresent(reason -> publisher.quarantine(record, "accepted but for: " + reason));
                count(advisory, outcome(rows));
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
                status.tellRefused(advisory, reason);
                count(advisory, "refused");
            }
        }
    }

    private static String outcome(List<AdvisoryHeld> rows) {
        if (rows.stream().anyMatch(row -> row.getState() == HoldState.HELD)) {
            return "held";
        }
        return rows.stream().anyMatch(row -> row.getState() == HoldState.REJECTED) ? "rejected" : "accepted";
    }

    private void decide(Record<byte[], byte[]> record, AdvisoryDecision decision) {
        String identity = PublishedAdvisory.identity(decision.getFeed(), decision.getAdvisoryId());
        PackageKey packageKey = PackageKey.parse(decision.getEcosystem() + ":" + decision.getPackageName());
        Optional<Holding.Decided> decided = holds.find(identity, packageKey)
                .flatMap(row -> Holding.decide(row, decision, memory.last(identity, packageKey)));
        decided.ifPresentOrElse(
                it -> {
                    publish(record, it.message());
                    keep(record, it.row());
                },
                () -> LOG.atInfo()
                        .addKeyValue("holdId", decision.getHoldId())
                        .addKeyValue("decision", decision.getDecision())
                        .log("advisory.decision-came-late"));
    }

    /** What we wrote ourselves comes round, and tells nothing but to a matcher whose state is lost. */
    private void remember(Record<byte[], byte[]> record, AdvisoryHeld row) {
        AdvisoryAccepted advisory = row.getAdvisory();
        String identity = PublishedAdvisory.identity(advisory.getFeed(), advisory.getAdvisoryId());
        PackageKey packageKey = AdvisoryRepository.packageOf(advisory);
        holds.find(identity, packageKey)
                .ifPresentOrElse(
                        known -> Holding.decidedBefore(known, row).ifPresent(decision -> decide(record, decision)),
                        () -> holds.put(identity, packageKey, row));
    }

    private void publish(Record<byte[], byte[]> cause, AdvisoryAccepted accepted) {
        memory.putLast(accepted);
        publisher.send(
                MatchTopology.ACCEPTED,
                cause,
                RecordKeys.advisoryAccepted(
                        AdvisoryRepository.packageOf(accepted), accepted.getFeed(), accepted.getAdvisoryId()),
                acceptedCodec.encode(accepted),
                MatchIds.ofAdvisory(accepted).toString());
    }

    private void keep(Record<byte[], byte[]> cause, AdvisoryHeld row) {
        AdvisoryAccepted advisory = row.getAdvisory();
        PackageKey packageKey = AdvisoryRepository.packageOf(advisory);
        String identity = PublishedAdvisory.identity(advisory.getFeed(), advisory.getAdvisoryId());
        boolean isKnown = holds.find(identity, packageKey)
                .filter(known ->
                        known.getState() == row.getState() && known.getHoldId().equals(row.getHoldId()))
                .isPresent();
        if (!isKnown) {
            tell(row);
        }
        holds.put(identity, packageKey, row);
        publisher.send(
                MatchTopology.HELD,
                cause,
                RecordKeys.advisoryAccepted(packageKey, advisory.getFeed(), advisory.getAdvisoryId()),
                heldCodec.encode(row),
                row.getHoldId() + "/" + row.getState());
    }

    /** Who decided stands in the row, which its id finds. */
    private void tell(AdvisoryHeld row) {
        (row.getState() == HoldState.HELD ? LOG.atWarn() : LOG.atInfo())
                .addKeyValue("holdId", row.getHoldId())
                .addKeyValue("feed", row.getAdvisory().getFeed())
                .addKeyValue("advisoryId", row.getAdvisory().getAdvisoryId())
                .addKeyValue(
                        "package",
                        AdvisoryRepository.packageOf(row.getAdvisory()).text())
                .addKeyValue("audiences", row.getAudiences())
                .addKeyValue("byPerson", row.getDecidedBy().isPresent())
                .log(
                        switch (row.getState()) {
                            case HELD -> "advisory.held";
                            case RELEASED -> "advisory.released";
                            case REJECTED -> "advisory.rejected";
                            case SUPERSEDED -> "advisory.superseded";
                        });
    }

    private void count(PublishedAdvisory advisory, String outcome) {
        Counter.builder("tocsin.matcher.intake")
                .description(
                        "advisories by what became of them: `accepted`, `held`, `rejected` (a person has rejected the same before), `older`, `refused`")
                .tag("feed", feeds.of(advisory.feed()))
                .tag("outcome", outcome)
                .register(settings.registry())
                .increment();
    }
}
