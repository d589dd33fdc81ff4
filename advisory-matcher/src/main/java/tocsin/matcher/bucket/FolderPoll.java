package tocsin.matcher.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tocsin.matcher.bucket.ChangeList.Change;
import tocsin.matcher.bucket.ChangeList.Span;
import tocsin.matcher.feed.PublishedAdvisory;
import tocsin.matcher.feed.PublishedAdvisory.Reading;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.FeedPosition;

/**
 * Reads one folder of a bucket from its place on: the archive where nothing is known, then the list of changes and each record that it names. The
 * place moves when what lies before it is published. Used by one thread.
 */
final class FolderPoll {

    static final String ARCHIVE = "all.zip";
    static final String LIST = "modified_id.csv";

    private static final long MOST_OF_ARCHIVE = 8L * 1024 * 1024 * 1024;
    private static final long MOST_OF_LIST = 512L * 1024 * 1024;

    /**
     * Lists are made of what a server has at hand: a record may appear behind newer ones, or its old text may be served for a while. As long as
     * this each is looked for again at each look.
     */
    private static final Duration BEHIND = Duration.ofDays(2);

    private static final int AT_ONCE = 16;
    private static final int BATCH = 500;
    private static final long BATCH_BYTES = 2L * 1024 * 1024;
    private static final int BETWEEN_PLACES = 5000;

    private final Bucket bucket;
    private final String part;
    private final BucketClient client;
    private final Sink sink;
    private final Set<Change> seen;
    private final Clock clock;

    /** Where what is read goes. */
    interface Sink {

        /** Returns when the broker has all of them. */
        void publish(List<Document> documents) throws IOException, InterruptedException;

        /** Returns when the broker has it. */
        void keep(FeedPosition position) throws IOException, InterruptedException;

        /** Somebody should know of a record that cannot be had. */
        void lacks(String feed, String record, String reason);
    }

    /**
     * @param key of the record that it becomes
     * @param modified empty: it cannot be read, as the quarantine will tell
     */
    record Document(String key, Optional<Instant> modified, AdvisoryPublished message) {}

    /** @param seen what was published already, of what the list will name again */
    FolderPoll(Bucket bucket, String part, BucketClient client, Sink sink, Set<Change> seen, Clock clock) {
        this.bucket = bucket;
        this.part = part;
        this.client = client;
        this.sink = sink;
        this.seen = seen;
        this.clock = clock;
    }

    /** @throws IOException if it could not be read to its end; what was read is published, and the place has moved as far */
    void run(FeedPosition known) throws IOException, InterruptedException {
        FeedPosition position = known;
        if (!part.equals(Bucket.ROOT) && position.getImportedAt().isEmpty()) {
            position = importArchive(position);
        }
        readChanges(position);
    }

    private FeedPosition importArchive(FeedPosition known) throws IOException, InterruptedException {
        return switch (client.fetch(bucket.at(part, ARCHIVE), Optional.empty(), MOST_OF_ARCHIVE)) {
            case Fetched.Found(InputStream content, Optional<String> etag) -> {
                try (Archive archive = new Archive(content, PublishedAdvisory.MAX_BYTES)) {
                    yield importArchive(known, archive, etag);
                }
            }
            case Fetched.Unchanged _, Fetched.Missing _ -> throw new FetchFailedException(ARCHIVE + " is not there");
            case Fetched.Denied _ -> throw new FetchFailedException(ARCHIVE + " is denied");
        };
    }

    private FeedPosition importArchive(FeedPosition known, Archive archive, Optional<String> etag)
            throws IOException, InterruptedException {
        boolean goesOn = etag.isPresent() && etag.equals(known.getArchiveEtag());
        long done = goesOn ? known.getArchiveEntries() : 0;
        Instant newest = goesOn ? Position.through(known) : Instant.EPOCH;
        List<Document> batch = new ArrayList<>();
        long bytes = 0;
        for (Optional<Archive.Entry> next = archive.next(); next.isPresent(); next = archive.next()) {
            Archive.Entry entry = next.get();
            if (entry.number() <= done) {
                continue;
            }
            if (entry.content().isEmpty()) {
                sink.lacks(bucket.feed(), entry.name(), "too_large");
                continue;
            }
            Document document = document(entry.name(), entry.content().get());
            if (document.modified().isPresent()) {
                Instant modified = document.modified().get();
                newest = latest(newest, modified);
                // Of what is older nobody will ask, unless all of the folder is.
                if (modified.isAfter(clock.instant().minus(BEHIND))) {
                    seen.add(new Change(modified, part, document.key()));
                }
            }
            batch.add(document);
            bytes += entry.content().get().length;
            if (batch.size() >= BATCH || bytes >= BATCH_BYTES) {
                sink.publish(batch);
                batch.clear();
                bytes = 0;
                if (etag.isPresent() && entry.number() - done >= BETWEEN_PLACES) {
                    done = entry.number();
                    sink.keep(FeedPosition.newBuilder(known)
                            .setArchiveEtag(etag.get())
                            .setArchiveEntries(done)
                            .setThrough(newest)
                            .build());
                }
            }
        }
        sink.publish(batch);
        FeedPosition imported = FeedPosition.newBuilder(known)
                .setArchiveEtag(null)
                .setArchiveEntries(0)
                .setImportedAt(clock.instant())
                .setListEtag(null)
                .setThrough(newest)
                .build();
        sink.keep(imported);
        return imported;
    }

    private void readChanges(FeedPosition position) throws IOException, InterruptedException {
        switch (client.fetch(bucket.at(part, LIST), position.getListEtag(), MOST_OF_LIST)) {
            case Fetched.Unchanged _ -> sink.keep(succeeded(position));
            case Fetched.Denied _ -> throw new FetchFailedException(LIST + " is denied");
            case Fetched.Missing _ -> {
                if (!part.equals(Bucket.ROOT)) {
                    throw new FetchFailedException(LIST + " is not there");
                }
                // A mirror of some folders need not have one; it is said once.
                if (position.getSucceededAt().isEmpty()) {
                    sink.lacks(bucket.feed(), LIST, "no_list_of_all");
                }
                sink.keep(succeeded(position));
            }
            case Fetched.Found(InputStream content, Optional<String> etag) -> {
                ChangeList list;
                try (InputStream in = new BufferedInputStream(content, 64 * 1024)) {
                    Instant through = Position.through(position);
                    list = ChangeList.read(in, part, new Span(through.minus(BEHIND), through), this::isNews);
                }
                if (list.passedOver() > 0) {
                    sink.lacks(bucket.feed(), LIST, "lines_not_read");
                }
                if (list.tooManyBehind()) {
                    sink.lacks(bucket.feed(), LIST, "too_many_of_the_same_days");
                }
                // What lies outside of the folders is in no archive: there the next look goes on where this one ends.
                if (list.complete() || part.equals(Bucket.ROOT)) {
                    publishChanges(position, list, etag);
                } else {
                    // The next look begins with the archive.
                    sink.keep(FeedPosition.newBuilder(position)
                            .setImportedAt(null)
                            .setListEtag(null)
                            .build());
                    throw new FetchFailedException("list of changes is longer than the archive's way");
                }
            }
        }
    }

    private boolean isNews(Change change) {
        boolean hasItsPlace = !part.equals(Bucket.ROOT) || change.folder().equals(Bucket.NO_ECOSYSTEM);
        return hasItsPlace && !seen.contains(change);
    }

    private void publishChanges(FeedPosition known, ChangeList list, Optional<String> etag)
            throws IOException, InterruptedException {
        List<Change> news = list.changes();
        FeedPosition position = known;
        boolean lacking = false;
        for (int from = 0; from < news.size(); from += AT_ONCE) {
            List<Change> chunk = news.subList(from, Math.min(news.size(), from + AT_ONCE));
            List<Optional<Document>> documents = fetchAll(chunk);
            sink.publish(documents.stream().flatMap(Optional::stream).toList());
            for (int i = 0; i < chunk.size(); i++) {
                if (isWhatIsListed(chunk.get(i), documents.get(i))) {
                    seen.add(chunk.get(i));
                } else {
                    lacking = true;
                }
            }
            position = FeedPosition.newBuilder(position)
                    .setThrough(
                            latest(Position.through(position), chunk.getLast().modified()))
                    .setListEtag(null)
                    .build();
            sink.keep(position);
        }
        // What was not there, or not as it is by now, may be in a moment: then the same list is read again.
        FeedPosition end = list.complete() ? succeeded(position) : position;
        sink.keep(FeedPosition.newBuilder(end)
                .setListEtag(lacking || !list.complete() ? null : etag.orElse(null))
                .build());
    }

    /** A cache between may serve what a record said before. What cannot be read at all is told as such, and is not asked for again. */
    private boolean isWhatIsListed(Change change, Optional<Document> fetched) {
        if (fetched.isEmpty()) {
            return false;
        }
        // Lists and records do not all write fractions of seconds.
        boolean isStale = fetched.get()
                .modified()
                .filter(modified -> modified.isBefore(change.modified().truncatedTo(ChronoUnit.SECONDS)))
                .isPresent();
        if (isStale) {
            sink.lacks(bucket.feed(), change.id(), "older_than_listed");
        }
        return !isStale;
    }

    /** @return empty for what is not there or too large, which is told */
    private List<Optional<Document>> fetchAll(List<Change> changes) throws IOException, InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Optional<Document>>> fetches = changes.stream()
                    .<Callable<Optional<Document>>>map(change -> () -> fetch(change))
                    .toList();
            List<Optional<Document>> documents = new ArrayList<>();
            for (Future<Optional<Document>> fetched : threads.invokeAll(fetches)) {
                documents.add(fetched.get());
            }
            return documents;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        }
    }

    private Optional<Document> fetch(Change change) throws IOException, InterruptedException {
        String name = change.id() + ".json";
        return switch (client.fetch(
                bucket.at(change.folder(), name), Optional.empty(), PublishedAdvisory.MAX_BYTES + 1L)) {
            case Fetched.Found(InputStream content, Optional<String> _) -> {
                try (content) {
                    byte[] bytes = content.readNBytes(PublishedAdvisory.MAX_BYTES + 1);
                    if (bytes.length > PublishedAdvisory.MAX_BYTES) {
                        sink.lacks(bucket.feed(), change.id(), "too_large");
                        yield Optional.empty();
                    }
                    yield Optional.of(document(name, bytes));
                }
            }
            case Fetched.Missing _, Fetched.Unchanged _ -> {
                sink.lacks(bucket.feed(), change.id(), "missing");
                yield Optional.empty();
            }
            case Fetched.Denied _ -> {
                sink.lacks(bucket.feed(), change.id(), "denied");
                yield Optional.empty();
            }
        };
    }

    /** What cannot be read goes to the quarantine by the way that it would have gone. */
    private Document document(String name, byte[] bytes) {
        Instant now = clock.instant();
        AdvisoryPublished message = new AdvisoryPublished(bucket.feed(), new String(bytes, UTF_8), now);
        return switch (PublishedAdvisory.read(message, now)) {
            case Reading.Read(PublishedAdvisory advisory) ->
                new Document(advisory.osv().id(), Optional.of(advisory.osv().modified()), message);
            case Reading.Unreadable(String _) ->
                new Document(name.substring(0, Math.min(name.length(), 128)), Optional.empty(), message);
        };
    }

    /** A time that has not come would hide all changes until it has. */
    private Instant latest(Instant newest, Instant modified) {
        return modified.isAfter(newest) && !modified.isAfter(clock.instant()) ? modified : newest;
    }

    private FeedPosition succeeded(FeedPosition position) {
        return FeedPosition.newBuilder(position).setSucceededAt(clock.instant()).build();
    }
}
