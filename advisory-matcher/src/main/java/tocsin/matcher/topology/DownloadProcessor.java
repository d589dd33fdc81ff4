package tocsin.matcher.topology;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import tocsin.matcher.match.AffectedVersions;
import tocsin.matcher.match.Download;
import tocsin.matcher.match.Matches;
import tocsin.matcher.match.Matching;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DownloadRecorded;

/**
 * The second door: a download is stored, for the advisories that come later, and then compared with those that are stored. A repeat
 * of a download is compared again, since what it found may not have gone out.
 */
final class DownloadProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private final MatchSettings settings;
    private final MessageReader<DownloadRecorded> messages = MessageReader.of(DownloadRecorded.class);

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private DownloadRepository downloads;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private AdvisoryRepository advisories;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private MatchPublisher publisher;

    DownloadProcessor(MatchSettings settings) {
        this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        downloads = MatchTopology.downloadsOf(context);
        advisories = new AdvisoryRepository(context.getStateStore(MatchTopology.ADVISORIES));
        publisher = new MatchPublisher(context, settings, downloads, advisories);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        publisher
                .orQuarantine(record, () -> Download.of(messages.read(record.value())))
                .ifPresent(download -> match(record, download));
    }

    private void match(Record<byte[], byte[]> record, Download download) {
        downloads.put(download, () -> neededOf(download));
        if (download.isInternal()) {
            return;
        }
        for (AdvisoryAccepted advisory : advisories.of(download.packageKey())) {
            if (settings.matching().rings(advisory, download)) {
                publisher.send(record, Matches.ofLate(advisory, download));
            }
        }
    }

    /** Which rows of the same version must stay however many there are: those that count for a live advisory that affects it. */
    private Predicate<AffectedDownload> neededOf(Download download) {
        Matching matching = settings.matching();
        List<AdvisoryAccepted> stored = download.isInternal() ? List.of() : advisories.of(download.packageKey());
        Optional<Instant> latestCutOff = stored.stream()
                .filter(matching::isLive)
                .filter(advisory ->
                        AffectedVersions.of(advisory).contains(download.facts().getVersion()))
                .map(matching::cutOff)
                .max(Comparator.naturalOrder());
        return row -> latestCutOff.isPresent() && matching.counts(row, latestCutOff.get());
    }
}
