package tocsin.matcher.topology;

import io.micrometer.core.instrument.Counter;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import tocsin.matcher.match.MatchIds;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AdvisoryScan;
import tocsin.schemas.avro.PackagePopularity;
import tocsin.service.tracing.TraceParent;
import tocsin.service.tracing.Tracing;

/** Sends what the three doors of one partition find: matches, and the rest of a scan that does not fit its slice. */
final class MatchPublisher {

    /** Of a trace: an advisory or a download has met the other. */
    static final String STEP = "advisory.match";

    private final ProcessorContext<byte[], byte[]> context;
    private final MatchSettings settings;
    private final AdvisoryRepository advisories;
    private final RecordPublisher publisher;
    private final StatusPublisher status;
    private final DownloadScan scan;
    private final MessageCodec<AdvisoryMatched> matchCodec = MessageCodec.of(AdvisoryMatched.class);
    private final MessageCodec<AdvisoryScan> scanCodec = MessageCodec.of(AdvisoryScan.class);
    private final MessageCodec<PackagePopularity> popularityCodec = MessageCodec.of(PackagePopularity.class);

    MatchPublisher(
            ProcessorContext<byte[], byte[]> context,
            MatchSettings settings,
            DownloadRepository downloads,
            AdvisoryRepository advisories) {
        this.context = context;
        this.settings = settings;
        this.advisories = advisories;
        this.publisher = new RecordPublisher(context, settings, MatchTopology.QUARANTINED_IN_MATCH);
        this.status = new StatusPublisher(publisher, settings.clock());
        this.scan = new DownloadScan(downloads, settings.matching(), settings.sliceBudget(), settings.nanoTime());
    }

    /** Of an advisory that was stored just now, and so stands. */
    void scanFirstSlice(Record<byte[], byte[]> cause, AdvisoryAccepted advisory, Instant startedAt) {
        scan(cause, advisory, startedAt, 0, matches -> scan.begin(advisory, matches));
    }

    /**
     * Does one slice now, and lets the rest come round again, behind what waits in the partition meanwhile. Nothing is done for a
     * statement that another has replaced, which may have taken the package back or named fewer versions. Whoever is affected by what
     * stands is found by that one's own scan: it is in the log, and its offset does not advance before its outputs are there, so
     * that it is stored already stops nothing that it has to tell.
     *
     * @param audiencesBefore found in the slices before
     */
    void scanSlice(
            Record<byte[], byte[]> cause,
            AdvisoryAccepted advisory,
            String afterAudience,
            Instant startedAt,
            long audiencesBefore) {
        if (advisories.isReplaced(advisory)) {
            countReplaced();
        } else {
            scan(
                    cause,
                    advisory,
                    startedAt,
                    audiencesBefore,
                    matches -> scan.goOn(advisory, startedAt, afterAudience, matches));
        }
    }

    void countReplaced() {
        Counter.builder("tocsin.matcher.scans.replaced")
                .description("scans that ended because the feed says something else by now")
                .register(settings.registry())
                .increment();
    }

    private void scan(
            Record<byte[], byte[]> cause,
            AdvisoryAccepted advisory,
            Instant startedAt,
            long audiencesBefore,
            Function<Consumer<AdvisoryMatched>, Optional<String>> slice) {
        Set<String> found = new HashSet<>();
        Optional<String> more = slice.apply(match -> {
            found.add(match.getAudience());
            send(cause, match);
        });
        int partition = context.taskId().partition();
        long audiences = audiencesBefore + found.size();
        if (audiences > 0 || more.isPresent()) {
            status.tellProgress(advisory, partition, audiences, more.isEmpty());
        }
        more.ifPresent(audience -> {
            AdvisoryScan rest = AdvisoryScan.newBuilder()
                    .setPartition(partition)
                    .setAdvisory(advisory)
                    .setAfterAudience(audience)
                    .setStartedAt(startedAt)
                    .setAudiences(audiences)
                    .build();
            publisher.send(
                    MatchTopology.REST_OF_SCAN,
                    cause,
                    AdvisoryRepository.packageOf(advisory).text(),
                    scanCodec.encode(rest),
                    MatchIds.ofAdvisory(advisory) + "/" + partition + "/" + audience);
        });
    }

    StatusPublisher status() {
        return status;
    }

    /** Of a download that came late: what is told is its trace. */
    void sendLate(Record<byte[], byte[]> cause, AdvisoryMatched match) {
        settings.tracing().run(STEP, TraceParent.in(cause.headers()), () -> send(cause, match));
    }

    private void send(Record<byte[], byte[]> cause, AdvisoryMatched match) {
        Tracing.note("tocsin.advisory_id", match.getAdvisory().getAdvisoryId());
        publisher.send(MatchTopology.MATCHED, cause, match.getAudience(), matchCodec.encode(match), match.getMatchId());
        Counter.builder("tocsin.matcher.matches")
                .description(
                        "matches sent: `advisory` (found by its scan) or `download` (a late one, found when it came)")
                .tag("door", match.getLate() ? "download" : "advisory")
                .register(settings.registry())
                .increment();
    }

    /** @param audiences that fetched the package, as this partition knows */
    void tellPopularity(PackageKey packageKey, int audiences) {
        int partition = context.taskId().partition();
        publisher.tell(
                MatchTopology.POPULARITY_TOLD,
                RecordKeys.packagePopularity(packageKey, partition),
                popularityCodec.encode(new PackagePopularity(
                        packageKey.ecosystem().wireName(), packageKey.name(), partition, audiences)));
    }

    <T> Optional<T> orQuarantine(Record<byte[], byte[]> record, Supplier<T> reading) {
        return publisher.orQuarantine(record, reading);
    }
}
