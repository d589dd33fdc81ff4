package tocsin.matcher.topology;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import tocsin.matcher.match.Download;
import tocsin.matcher.match.EvaluatedAdvisory;
import tocsin.matcher.match.Matches;
import tocsin.matcher.match.Matching;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DownloadRecorded;

/**
 * The second door: a download is stored, for the advisories that come later, and then compared with those that are stored. A repeat
 * of a download is compared again, since what it found may not have gone out.
 */
final class DownloadProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    /** Of looking for what is too old, and of writing down who fetched what: each takes little of that. */
    private static final Duration BETWEEN_SLICES = Duration.ofSeconds(1);

    private final MatchSettings settings;
    private final MessageReader<DownloadRecorded> messages = MessageReader.of(DownloadRecorded.class);

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private ProcessorContext<byte[], byte[]> context;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private DownloadRepository downloads;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private AdvisoryRepository advisories;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private AudienceRepository audiences;

    @SuppressWarnings("NullAway.Init") // Streams calls init before process.
    private MatchPublisher publisher;

    DownloadProcessor(MatchSettings settings) {
        this.settings = settings;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        downloads = MatchTopology.downloadsOf(context, settings);
        advisories = MatchTopology.advisoriesOf(context, settings);
        publisher = new MatchPublisher(context, settings, downloads, advisories);
        audiences = new AudienceRepository(
                context.getStateStore(MatchTopology.PACKAGES), settings.packagesPerTask(), publisher::tellPopularity);
        DownloadRetentionRepository old = new DownloadRetentionRepository(
                context.getStateStore(MatchTopology.DOWNLOADS),
                downloads,
                advisories,
                settings.matching(),
                settings.retention(),
                settings.sliceBudget(),
                settings.nanoTime());
        context.schedule(BETWEEN_SLICES, PunctuationType.WALL_CLOCK_TIME, _ -> {
            countRetired(old.slice(settings.clock().instant()));
            audiences.settle();
        });
    }

    private void countRetired(int rows) {
        Counter.builder("tocsin.matcher.retired.rows")
                .description("rows of downloads that were too old to be kept")
                .register(settings.registry())
                .increment(rows);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        publisher
                .orQuarantine(record, () -> Download.of(messages.read(record.value())))
                .ifPresent(download -> downloads
                        .remains(download)
                        .ifPresentOrElse(remains -> match(record, remains), this::countErased));
    }

    private void countErased() {
        Counter.builder("tocsin.matcher.downloads.erased")
                .description("downloads that were not stored because their principal was erased")
                .register(settings.registry())
                .increment();
    }

    private void match(Record<byte[], byte[]> record, Download download) {
        downloads.put(download, offset(), () -> neededOf(download));
        if (download.isInternal()) {
            return;
        }
        audiences.add(download.packageKey(), download.audience().text());
        for (EvaluatedAdvisory evaluated : advisories.of(download.packageKey())) {
            if (settings.matching().rings(evaluated, download)) {
                publisher.sendLate(record, Matches.ofLate(evaluated, download));
            }
        }
    }

    private long offset() {
        return context.recordMetadata().orElseThrow().offset();
    }

    /** Which rows of the same version must stay however many there are: those that count for a live or held advisory that affects it. */
    private Predicate<AffectedDownload> neededOf(Download download) {
        Matching matching = settings.matching();
        List<EvaluatedAdvisory> stored = download.isInternal() ? List.of() : advisories.of(download.packageKey());
        Optional<Instant> latest = stored.stream()
                .flatMap(advisory -> advisory.keepsUntil(download.facts().getVersion()).stream())
                .max(Comparator.naturalOrder());
        return row -> latest.isPresent() && matching.counts(row, latest.get());
    }
}
