package tocsin.matcher.topology;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
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

    private final KeyValueStore<Bytes, byte[]> packages;
    private final KeyValueStore<Bytes, byte[]> index;
    private final KeyValueStore<Bytes, byte[]> downloads;

    DownloadRepository(
            KeyValueStore<Bytes, byte[]> packages,
            KeyValueStore<Bytes, byte[]> index,
            KeyValueStore<Bytes, byte[]> downloads) {
        this.packages = packages;
        this.index = index;
        this.downloads = downloads;
    }

    /**
     * Stores a download; a repeat of one that is stored changes nothing but the row itself, and is safe where a crash broke off the first time.
     *
     * @param needed tells of a row that it may not be trimmed; asked only when there are many
     */
    void put(Download download, Supplier<Predicate<AffectedDownload>> needed) {
        Scope scope = scopeOf(download);
        AffectedDownload facts = download.facts();
        String audience = download.audience().text();
        Bytes indexKey = Bytes.wrap(StoreKeys.index(scope, facts.getVersion(), audience));
        Bytes rowKey = Bytes.wrap(
                StoreKeys.download(scope, facts.getVersion(), audience, facts.getFetchedAt(), facts.getEventId()));
        mark(scope, facts.getVersion());
        byte[] known = index.get(indexKey);
        // Without an index entry a row is taken as new, which it is but after a crash: the common case costs no second
        // look.
        boolean isNew = known == null || downloads.get(rowKey) == null;
        downloads.put(rowKey, DownloadRows.encode(facts));
        if (isNew) {
            FetchCounts counts = known == null
                    ? FetchCounts.ofFirst(facts.getFetchedAt())
                    : FetchCounts.decode(known).plus(facts.getFetchedAt());
            index.put(
                    indexKey,
                    (counts.isDueForTrimming()
                                    ? trimmed(scope, facts.getVersion(), audience, counts, needed.get())
                                    : counts)
                            .encode());
        }
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
    Rows<String> audiences(Scope scope, String version, String after) {
        byte[] prefix = StoreKeys.packageVersion(scope, version);
        byte[] start = after.isEmpty() ? prefix : StoreKeys.afterAll(StoreKeys.index(scope, version, after));
        return new Rows<>(
                from(index, start, StoreKeys.afterAll(prefix)),
                row -> StoreKeys.audienceIn(row.key.get(), scope, version));
    }

    /** What the audience fetched of the version, newest first. */
    Rows<AffectedDownload> downloads(Scope scope, String version, String audience) {
        byte[] group = StoreKeys.index(scope, version, audience);
        return new Rows<>(
                from(downloads, group, StoreKeys.afterAll(group)),
                row -> DownloadRows.decode(version, row.key.get(), group.length, row.value));
    }

    /**
     * Looks each time: the stores' changelogs are acknowledged apart, so after a crash an index entry does not prove that these marks
     * were kept, and without them no advisory finds the download.
     */
    private void mark(Scope scope, String version) {
        Bytes versionKey = Bytes.wrap(StoreKeys.packageVersion(scope, version));
        if (packages.get(versionKey) == null) {
            packages.put(versionKey, MARK);
        }
        Bytes packageKey = Bytes.wrap(StoreKeys.fetchedPackage(scope));
        if (packages.get(packageKey) == null) {
            packages.put(packageKey, MARK);
        }
    }

    private FetchCounts trimmed(
            Scope scope, String version, String audience, FetchCounts counts, Predicate<AffectedDownload> needed) {
        byte[] group = StoreKeys.index(scope, version, audience);
        int seen = 0;
        int remaining = 0;
        try (KeyValueIterator<Bytes, byte[]> rows = from(downloads, group, StoreKeys.afterAll(group))) {
            while (rows.hasNext()) {
                KeyValue<Bytes, byte[]> row = rows.next();
                if (seen++ < FetchCounts.KEPT
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
        private final Function<KeyValue<Bytes, byte[]>, T> decode;

        private Rows(KeyValueIterator<Bytes, byte[]> rows, Function<KeyValue<Bytes, byte[]>, T> decode) {
            this.rows = rows;
            this.decode = decode;
        }

        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public T next() {
            if (!rows.hasNext()) {
                throw new NoSuchElementException();
            }
            return decode.apply(rows.next());
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
