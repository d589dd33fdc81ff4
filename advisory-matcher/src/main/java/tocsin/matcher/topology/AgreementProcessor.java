package tocsin.matcher.topology;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import tocsin.matcher.feed.PublishedAdvisory;
import tocsin.matcher.match.MatchIds;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryDecision;
import tocsin.schemas.avro.EarlierRevision;
import tocsin.schemas.avro.HoldDecision;

/**
 * Releases what is held once two feeds say it, under ids of their own: one id in two feeds, or one that the other calls an alias, is one record
 * that one of them copied. Every partition
 * has all advisories, so the first one alone looks.
 */
final class AgreementProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private static final int LOOKING_PARTITION = 0;

    private final MatchSettings settings;
    private final MessageReader<AdvisoryAccepted> messages = MessageReader.of(AdvisoryAccepted.class);
    private final MessageCodec<AdvisoryDecision> codec = MessageCodec.of(AdvisoryDecision.class);
    private boolean looks;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private AdvisoryRepository advisories;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private RecordPublisher publisher;

    AgreementProcessor(MatchSettings settings) {
        this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        looks = context.taskId().partition() == LOOKING_PARTITION;
        advisories = MatchTopology.advisoriesOf(context, settings);
        publisher = new RecordPublisher(context, settings, MatchTopology.QUARANTINED_IN_MATCH);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (!looks) {
            return;
        }
        AdvisoryAccepted advisory;
        try {
            advisory = messages.read(record.value());
            if (!saysAll(advisory)) {
                return;
            }
            AdvisoryProcessor.checked(advisory);
        } catch (UndecodableMessageException | IllegalArgumentException _) {
            // It is quarantined where it is stored.
            return;
        }
        List<AdvisoryAccepted> agreeing = advisories.statements(AdvisoryRepository.packageOf(advisory)).stream()
                .filter(other -> !other.getFeed().equals(advisory.getFeed())
                        && Collections.disjoint(names(other), names(advisory))
                        && saysAll(other))
                .toList();
        if (!agreeing.isEmpty()) {
            release(record, advisory, agreeing.getFirst());
            agreeing.forEach(other -> release(record, other, advisory));
        }
    }

    private static boolean saysAll(AdvisoryAccepted advisory) {
        boolean stands = advisory.getAllVersions()
                && !advisory.getNarrowed()
                && advisory.getWithdrawnAt().isEmpty();
        return stands
                || advisory.getHeld().filter(EarlierRevision::getAllVersions).isPresent();
    }

    private static Set<String> names(AdvisoryAccepted advisory) {
        Set<String> names = new HashSet<>(advisory.getAliases());
        names.add(advisory.getAdvisoryId());
        return names;
    }

    private void release(Record<byte[], byte[]> cause, AdvisoryAccepted advisory, AdvisoryAccepted because) {
        advisory.getHeld().ifPresent(held -> {
            String holdId = MatchIds.ofHold(advisory, held).toString();
            publisher.send(
                    MatchTopology.AGREED,
                    cause,
                    PublishedAdvisory.identity(advisory.getFeed(), advisory.getAdvisoryId()),
                    codec.encode(AdvisoryDecision.newBuilder()
                            .setHoldId(holdId)
                            .setFeed(advisory.getFeed())
                            .setAdvisoryId(advisory.getAdvisoryId())
                            .setEcosystem(advisory.getEcosystem())
                            .setPackageName(advisory.getPackageName())
                            .setDecision(HoldDecision.RELEASE)
                            .setDecidedAt(settings.clock().instant())
                            .setDecidedBy(null)
                            .setReason(because.getFeed() + " says the same in " + because.getAdvisoryId())
                            .build()),
                    holdId + "/agreed");
        });
    }
}
