package tocsin.matcher.bucket;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tocsin.matcher.bucket.ChangeList.Change;
import tocsin.schemas.avro.FeedPosition;
import tocsin.testsupport.MovableClock;

/** A bucket, read over HTTP from a server that may be as bad as it likes, and what came of it: what was published, the places, what was lacking. */
final class PolledBucket implements FolderPoll.Sink, AutoCloseable {

    static final Instant NOW = Instant.parse("2026-04-17T12:00:00Z");
    static final String ARCHIVED = "2026-04-16T10:00:00Z";
    static final String LATER = "2026-04-17T10:00:00Z";
    static final String LATEST = "2026-04-17T11:00:00Z";

    final MovableClock clock = MovableClock.at(NOW);
    final BucketServer server = new BucketServer();

    /** By folder, in the order in which they were first kept. */
    final Map<String, FeedPosition> places = new LinkedHashMap<>();

    private final BucketClient client = new BucketClient(
            new BucketClient.Patience(Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(20)), clock);
    private final List<String> published = new ArrayList<>();
    private final List<Instant> modified = new ArrayList<>();
    private final List<String> lacking = new ArrayList<>();
    private int refusesAfter = Integer.MAX_VALUE;
    private Set<Change> seen = new HashSet<>();

    @Override
    public void publish(List<FolderPoll.Document> documents) throws IOException {
        for (FolderPoll.Document document : documents) {
            if (published.size() >= refusesAfter) {
                throw new IOException("broker away");
            }
            published.add(document.key());
            document.modified().ifPresent(modified::add);
        }
    }

    @Override
    public void keep(FeedPosition position) {
        places.put(position.getFolder(), position);
    }

    @Override
    public synchronized void lacks(String feed, String record, String reason) {
        lacking.add(record + " " + reason);
    }

    /** The archive of one record is read, and the list is empty. */
    void imported() throws IOException, InterruptedException {
        server.archives("MAL-1", ARCHIVED).lists();
        poll("npm");
        published();
        modified();
        server.asked();
    }

    void poll(String part) throws IOException, InterruptedException {
        Bucket bucket = Bucket.of("osv", server.url(), List.of("npm"), Duration.ofMinutes(5));
        FeedPosition known = Position.of(bucket, part, Optional.ofNullable(places.get(part)), clock);
        new FolderPoll(bucket, part, client, this, seen, clock).run(known);
    }

    /** From now on: it knows the places and nothing else. */
    void anotherInstance() {
        seen = new HashSet<>();
    }

    /** @param count how many more are published before the broker is away */
    void refusesAfter(int count) {
        refusesAfter = count;
    }

    /** Since the last call. */
    List<String> published() {
        return taken(published);
    }

    /** Of what was published since the last call. */
    List<Instant> modified() {
        return taken(modified);
    }

    /** Of all calls: a record or a list, and why. */
    synchronized List<String> lacking() {
        return List.copyOf(lacking);
    }

    FeedPosition place(String part) {
        return Optional.ofNullable(places.get(part)).orElseThrow();
    }

    private static <T> List<T> taken(List<T> since) {
        List<T> all = List.copyOf(since);
        since.clear();
        return all;
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
