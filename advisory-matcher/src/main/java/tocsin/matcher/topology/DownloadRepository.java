package tocsin.matcher.topology;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import tocsin.matcher.match.Download;
import tocsin.schemas.avro.AffectedDownload;

/** The stored downloads of one partition. Used by its stream thread alone. */
final class DownloadRepository {

    private static final byte[] MARK = {1};
    private static final int REMEMBERED_VERSIONS = 20_000;
    private static final int REMEMBERED_PACKAGES = 10_000;

    private final KeyValueStore<Bytes, byte[]> packages;
    private final KeyValueStore<Bytes, byte[]> index;
    private final KeyValueStore<Bytes, byte[]> downloads;
    private final ErasureRepository erasures;
    private final Map<Bytes, Boolean> markedVersions = new LeastRecentlyUsed<>(REMEMBERED_VERSIONS);
    private final Map<Bytes, Boolean> markedPackages = new LeastRecentlyUsed<>(REMEMBERED_PACKAGES);

    DownloadRepository(
            KeyValueStore<Bytes, byte[]> packages,
            KeyValueStore<Bytes, byte[]> index,
            KeyValueStore<Bytes, byte[]> downloads,
            ErasureRepository erasures) {
        this.erasures = erasures;
        this.packages = packages;
        this.index = index;
        this.downloads = downloads;
    }

    /**
     * Stores a download. All of it is written again when it comes again: after a crash what is found here may be in the store but
     * not in its changelog, and a store that is rebuilt elsewhere would lack it.
     *
     * @param download of nobody who was erased: {@link #remains} says what is left of one
     * @param needed tells of a row that it may not be trimmed; asked only when there are many
     */
    Stored put(Download download, Supplier<Predicate<AffectedDownload>> needed) {
        Scope scope = scopeOf(download);
        AffectedDownload facts = download.facts();
        String version = facts.getVersion();
        String audience = download.audience().text();
        mark(scope, version);
        byte[] group = StoreKeys.index(scope, version, audience);
        Bytes indexKey = Bytes.wrap(group);
        Bytes rowKey =
                Bytes.wrap(StoreKeys.download(scope, version, audience, facts.getFetchedAt(), facts.getEventId()));

        byte[] knownCounts = index.get(indexKey);
        if (knownCounts == null) {
            // Without an index entry a row is taken as new, which it is but after a crash: the common case costs no
            // second look.
            downloads.put(rowKey, DownloadRows.encode(facts));
            index.put(indexKey, FetchCounts.ofFirst(facts.getFetchedAt()).encode());
            return Stored.FIRST_OF_ITS_AUDIENCE;
        }
        byte[] knownRow = downloads.get(rowKey);
        if (knownRow != null) {
            downloads.put(
                    rowKey, earlierReceived(DownloadRows.decode(version, rowKey.get(), group.length, knownRow), facts));
            index.put(indexKey, knownCounts);
            return Stored.AGAIN;
        }
        downloads.put(rowKey, DownloadRows.encode(facts));
        FetchCounts counts = FetchCounts.decode(knownCounts).plus(facts.getFetchedAt());
        if (counts.isDueForTrimming()) {
            counts = trimmed(scope, version, audience, counts, needed.get());
        }
        index.put(indexKey, counts.encode());
        return Stored.ONE_MORE;
    }

    /** What was in the store when a download came. */
    enum Stored {
        /** None of the version and the audience. */
        FIRST_OF_ITS_AUDIENCE,
        ONE_MORE,
        /** The download itself. */
        AGAIN
    }

    /** What may be stored and told of a download that has come. @return empty if nothing may: its holder was erased. */
    Optional<Download> remains(Download download) {
        return erasures.of(download.audience().text())
                .of(download.facts())
                .map(facts -> facts.equals(download.facts())
                        ? download
                        : new Download(download.packageKey(), download.originRegistry(), download.audience(), facts));
    }

    /** One bloom-filtered look for the ordinary advisory, which is for a package that nobody fetched. */
    boolean isFetched(Scope scope) {
        return packages.get(Bytes.wrap(StoreKeys.fetchedPackage(scope))) != null;
    }

    List<String> versions(Scope scope) {
        List<String> versions = new ArrayList<>();
        byte[] prefix = StoreKeys.fetchedPackage(scope);
        try (KeyValueIterator<Bytes, byte[]> keys = from(packages, prefix, StoreKeys.afterAll(prefix))) {
            while (keys.hasNext()) {
                String version = StoreKeys.versionIn(keys.next().key.get(), scope);
                if (!version.isEmpty()) {
                    versions.add(version);
                }
            }
        }
        return versions;
    }

    /**
     * Those who fetched the version, in order.
     *
     * @param after only audiences after this one; empty: all
     */
    Rows<Fetch> audiences(Scope scope, String version, String after) {
        byte[] prefix = StoreKeys.packageVersion(scope, version);
        byte[] start = after.isEmpty() ? prefix : StoreKeys.afterAll(StoreKeys.index(scope, version, after));
        return new Rows<>(
                from(index, start, StoreKeys.afterAll(prefix)),
                row -> Optional.of(new Fetch(
                        StoreKeys.audienceIn(row.key.get(), scope, version),
                        FetchCounts.decode(row.value).last())));
    }

    /** @param last when the audience fetched the version last */
    record Fetch(String audience, Instant last) {}

    /** What the audience fetched of the version, newest first, and nothing of those who were erased. */
    Rows<AffectedDownload> downloads(Scope scope, String version, String audience) {
        byte[] group = StoreKeys.index(scope, version, audience);
        ErasureRepository.Remains remains = erasures.of(audience);
        return new Rows<>(
                from(downloads, group, StoreKeys.afterAll(group)),
                row -> remains.of(DownloadRows.decode(version, row.key.get(), group.length, row.value)));
    }

    /** Of a download that was sent again, the first receipt counts. It brings nobody back who was taken out of the row. */
    private static byte[] earlierReceived(AffectedDownload known, AffectedDownload again) {
        AffectedDownload earlier = known.getReceivedAt().isBefore(again.getReceivedAt()) ? known : again;
        return DownloadRows.encode(
                ErasureRepository.isAnonymous(known) ? ErasureRepository.anonymous(earlier) : earlier);
    }

    /**
     * Marks the version and the package as fetched, once in the life of this repository and again when it was forgotten here. Without
     * the marks no advisory finds the download, and that they are in the store does not prove that its changelog has them.
     */
    private void mark(Scope scope, String version) {
        Bytes versionKey = Bytes.wrap(StoreKeys.packageVersion(scope, version));
        // Whoever remembers the version has marked its package.
        if (markedVersions.put(versionKey, true) == null) {
            packages.put(versionKey, MARK);
            Bytes packageKey = Bytes.wrap(StoreKeys.fetchedPackage(scope));
            if (markedPackages.put(packageKey, true) == null) {
                packages.put(packageKey, MARK);
            }
        }
    }

    /**
     * Keeps the rows of the newest downloads, those that are needed, and the oldest of all: an advisory that is still to come may count only what
     * was fetched before a time long ago, and its audience must be found then, too. What such an advisory tells may be no more than that one
     * download; rows between, that it would count as well, are not kept (one for each day would be). Of a download that came in parts its first
     * and its last are kept: whichever time an advisory asks about, they answer as all of them would.
     */
    private FetchCounts trimmed(
            Scope scope, String version, String audience, FetchCounts counts, Predicate<AffectedDownload> needed) {
        byte[] group = StoreKeys.index(scope, version, audience);
        Set<String> kept = new HashSet<>();
        Map<String, Bytes> firstParts = new HashMap<>();
        int remaining = 0;
        try (KeyValueIterator<Bytes, byte[]> rows = from(downloads, group, StoreKeys.afterAll(group))) {
            while (rows.hasNext()) {
                KeyValue<Bytes, byte[]> row = rows.next();
                boolean oldest = !rows.hasNext();
                String eventId = StoreKeys.eventIdIn(row.key.get(), group.length);
                if (kept.contains(eventId)) {
                    // Newest first: this part came before all that were seen.
                    Bytes between = firstParts.put(eventId, row.key);
                    if (between == null) {
                        remaining++;
                    } else {
                        downloads.delete(between);
                    }
                } else if (kept.size() < FetchCounts.KEPT) {
                    kept.add(eventId);
                    remaining++;
                } else if (oldest
                        || needed.test(DownloadRows.decode(version, row.key.get(), group.length, row.value))) {
                    remaining++;
                } else {
                    downloads.delete(row.key);
                }
            }
        }
        return counts.trimmedTo(remaining);
    }

    private static Scope scopeOf(Download download) {
        return new Scope(download.originRegistry().orElse(""), download.packageKey());
    }

    /** The upper bound is never the key of a row, so it does not matter that the store takes it as included. */
    private static KeyValueIterator<Bytes, byte[]> from(
            KeyValueStore<Bytes, byte[]> store, byte[] start, byte[] afterAll) {
        return store.range(Bytes.wrap(start), Bytes.wrap(afterAll));
    }

    /** Rows read one by one, to be closed: an open one holds files and memory of the store. */
    static final class Rows<T> implements Iterator<T>, AutoCloseable {

        private final KeyValueIterator<Bytes, byte[]> rows;
        private final Function<KeyValue<Bytes, byte[]>, Optional<T>> decode;
        private Optional<T> next = Optional.empty();

        private Rows(KeyValueIterator<Bytes, byte[]> rows, Function<KeyValue<Bytes, byte[]>, Optional<T>> decode) {
            this.rows = rows;
            this.decode = decode;
        }

        @Override
        public boolean hasNext() {
            while (next.isEmpty() && rows.hasNext()) {
                next = decode.apply(rows.next());
            }
            return next.isPresent();
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            T row = next.orElseThrow();
            next = Optional.empty();
            return row;
        }

        @Override
        public void close() {
            rows.close();
        }
    }

    static final class LeastRecentlyUsed<K, V> extends LinkedHashMap<K, V> {

        private static final long serialVersionUID = 1L;

        private final int capacity;

        LeastRecentlyUsed(int capacity) {
            super(16, 0.75f, true);
            this.capacity = capacity;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > capacity;
        }
    }
}
