package tocsin.matcher.topology;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import tocsin.matcher.match.Download;
import tocsin.schemas.avro.AffectedDownload;

/**
 * The stored downloads of one partition. The rows alone are what is known: who fetched which versions of a package is read from the order of their
 * keys, from one group to the next, so that nothing beside a row can be missing after a crash. Used by its stream thread alone.
 */
final class DownloadRepository {

    /** Rows of a group that are passed over one by one, before it is cheaper to ask for the next group. */
    private static final int STEPS = 16;

    private final KeyValueStore<Bytes, byte[]> downloads;
    private final ErasureRepository erasures;
    private final LooksAtGroups looks = new LooksAtGroups();

    DownloadRepository(KeyValueStore<Bytes, byte[]> downloads, ErasureRepository erasures) {
        this.downloads = downloads;
        this.erasures = erasures;
    }

    /**
     * Stores a download, as a row of its own for each record that tells of it: whether it came before would have to be looked for, and it hardly ever did.
     * Those who read put the rows of a download together.
     *
     * @param download of nobody who was erased: {@link #remains} says what is left of one
     * @param offset of the record that tells of it: read again, it is the same row
     * @param needed tells of a row that it may not be trimmed; asked only when there are many
     */
    void put(Download download, long offset, Supplier<Predicate<AffectedDownload>> needed) {
        AffectedDownload facts = download.facts();
        byte[] group = StoreKeys.group(
                scopeOf(download), facts.getVersion(), download.audience().text());
        byte[] key = StoreKeys.receipt(group, facts.getFetchedAt(), facts.getEventId(), offset);
        downloads.put(Bytes.wrap(key), DownloadRows.encode(facts));
        if (looks.isDue(group)) {
            looks.looked(group, trim(group, download, needed));
        }
    }

    /** What may be stored and told of a download that has come. @return empty if nothing may: its holder was erased. */
    Optional<Download> remains(Download download) {
        return erasures.of(download.audience().text())
                .of(download.facts())
                .map(facts -> facts.equals(download.facts())
                        ? download
                        : new Download(download.packageKey(), download.originRegistry(), download.audience(), facts));
    }

    /** One look for the ordinary advisory, which is for a package that nobody fetched. */
    boolean isFetched(Scope scope) {
        byte[] prefix = StoreKeys.fetchedPackage(scope);
        try (KeyValueIterator<Bytes, byte[]> rows = from(prefix, prefix)) {
            return rows.hasNext();
        }
    }

    /**
     * Versions that anybody fetched, in their order.
     *
     * @param after only those after this one; empty: from the first
     */
    List<String> versions(Scope scope, Optional<String> after, int atMost) {
        List<String> versions = new ArrayList<>();
        byte[] prefix = StoreKeys.fetchedPackage(scope);
        byte[] start = after.map(version -> StoreKeys.afterAll(StoreKeys.packageVersion(scope, version)))
                .orElse(prefix);
        try (Groups each = new Groups(start, prefix)) {
            while (versions.size() < atMost && each.hasNext()) {
                versions.add(
                        StoreKeys.lastText(StoreKeys.oneTextMore(each.next().key.get(), prefix.length), prefix.length));
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
        byte[] start = after.isEmpty() ? prefix : StoreKeys.afterAll(StoreKeys.group(scope, version, after));
        Groups groups = new Groups(start, prefix);
        return new Rows<>(groups, groups::close, newest -> {
            byte[] key = newest.key.get();
            byte[] group = StoreKeys.oneTextMore(key, prefix.length);
            if (StoreKeys.isTrimmed(key, group.length)) {
                return Optional.empty();
            }
            return Optional.of(
                    new Fetch(StoreKeys.lastText(group, prefix.length), StoreKeys.fetchedAtIn(key, group.length)));
        });
    }

    /** @param last when the audience fetched the version last */
    record Fetch(String audience, Instant last) {}

    /** What the audience fetched of the version, newest first, and nothing of those who were erased. */
    Rows<AffectedDownload> downloads(Scope scope, String version, String audience) {
        byte[] group = StoreKeys.group(scope, version, audience);
        ErasureRepository.Remains remains = erasures.of(audience);
        KeyValueIterator<Bytes, byte[]> rows = from(group, group);
        return new Rows<>(stored(rows, group, version), rows::close, download -> remains.of(download.facts()));
    }

    /** Of the version and the audience, what is known of downloads whose rows are no more. @return empty if there are none. */
    Optional<TrimmedSpan> trimmed(Scope scope, String version, String audience) {
        return trimmed(StoreKeys.group(scope, version, audience));
    }

    private Optional<TrimmedSpan> trimmed(byte[] group) {
        return Optional.ofNullable(downloads.get(Bytes.wrap(StoreKeys.trimmed(group))))
                .map(TrimmedSpan::decode);
    }

    /**
     * Keeps the rows of the newest downloads, those that are needed, and the oldest of all: an advisory that is still to come may count only what
     * was fetched before a time long ago, and its audience must be found then, too. What such an advisory tells may be no more than that one
     * download; rows between, that it would count as well, are not kept, but it is written when they were fetched. Of a download that came in parts its first
     * and its last are kept: whichever time an advisory asks about, they answer as all of them would.
     */
    private int trim(byte[] group, Download put, Supplier<Predicate<AffectedDownload>> needed) {
        Set<String> kept = new HashSet<>();
        Map<String, Bytes> firstParts = new HashMap<>();
        Optional<Predicate<AffectedDownload>> isNeeded = Optional.empty();
        List<Bytes> leaving = new ArrayList<>();
        Optional<TrimmedSpan> span = Optional.empty();
        int remaining = 0;
        String audience = put.audience().text();
        try (KeyValueIterator<Bytes, byte[]> rows = from(group, group)) {
            StoredDownloads stored = stored(rows, group, put.facts().getVersion());
            while (stored.hasNext()) {
                StoredDownload download = stored.next();
                boolean oldest = !stored.hasNext();
                if (!download.repeats().isEmpty()) {
                    leaving.addAll(putTogether(audience, download));
                }
                if (kept.contains(download.eventId())) {
                    // Newest first: this part came before all that were seen.
                    Bytes between = firstParts.put(download.eventId(), keyOf(download));
                    if (between == null) {
                        remaining++;
                    } else {
                        leaving.add(between);
                    }
                } else if (kept.size() < LooksAtGroups.KEPT) {
                    kept.add(download.eventId());
                    remaining++;
                } else {
                    isNeeded = isNeeded.or(() -> Optional.of(needed.get()));
                    AffectedDownload facts = download.facts();
                    if (oldest || isNeeded.orElseThrow().test(facts)) {
                        remaining++;
                    } else {
                        leaving.add(keyOf(download));
                        TrimmedSpan one = TrimmedSpan.of(facts);
                        span = Optional.of(span.map(one::with).orElse(one));
                    }
                }
            }
        }
        // Before a row goes it is written that it was there; the changelog has the two in this order.
        span.map(now -> trimmed(group).map(now::with).orElse(now))
                .ifPresent(all -> downloads.put(Bytes.wrap(StoreKeys.trimmed(group)), all.encode()));
        leaving.forEach(downloads::delete);
        return remaining;
    }

    /**
     * Puts what several rows tell of a download into the first of them, without those who were erased: a sweep that has passed that row comes there no more.
     *
     * @return keys of rows that say nothing any more
     */
    List<Bytes> putTogether(String audience, StoredDownload download) {
        List<Bytes> leaving = new ArrayList<>();
        download.repeats().forEach(row -> leaving.add(Bytes.wrap(row.key())));
        erasures.of(audience)
                .of(download.facts())
                .ifPresentOrElse(
                        facts -> write(download, DownloadRows.encode(facts)), () -> leaving.add(keyOf(download)));
        return leaving;
    }

    /** A repeat hardly ever says anything new. */
    private void write(StoredDownload download, byte[] value) {
        if (!Arrays.equals(value, download.first().value())) {
            downloads.put(keyOf(download), value);
        }
    }

    /** Of the row that holds all of it once its repeats are gone. */
    private static Bytes keyOf(StoredDownload download) {
        return Bytes.wrap(download.first().key());
    }

    /** @param rows that begin in the group; what does not belong to it is left in them */
    static StoredDownloads stored(KeyValueIterator<Bytes, byte[]> rows, byte[] group, String version) {
        StoredDownloads.Rows plain = new StoredDownloads.Rows() {
            @Override
            public byte[] peekKey() {
                return rows.peekNextKey().get();
            }

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public StoredDownload.Row next() {
                KeyValue<Bytes, byte[]> row = rows.next();
                return new StoredDownload.Row(row.key.get(), row.value);
            }
        };
        return new StoredDownloads(plain, group, version);
    }

    private static Scope scopeOf(Download download) {
        return new Scope(download.originRegistry().orElse(""), download.packageKey());
    }

    /** The upper bound is never the key of a row, so it does not matter that the store takes it as included. */
    private KeyValueIterator<Bytes, byte[]> from(byte[] start, byte[] prefix) {
        return downloads.range(Bytes.wrap(start), Bytes.wrap(StoreKeys.afterAll(prefix)));
    }

    /**
     * The rows whose keys say something else than those before in the text that follows a prefix, each the first of its kind. What lies between
     * two of them is passed over, however much it is.
     */
    private final class Groups implements KeyValueIterator<Bytes, byte[]> {

        private final byte[] prefix;
        private KeyValueIterator<Bytes, byte[]> rows;
        private byte[] passed = {};

        Groups(byte[] start, byte[] prefix) {
            this.prefix = prefix;
            this.rows = from(start, prefix);
        }

        @Override
        public boolean hasNext() {
            for (int step = 0; passed.length > 0 && rows.hasNext() && isPassed(rows.peekNextKey()); step++) {
                if (step == STEPS) {
                    rows.close();
                    rows = from(StoreKeys.afterAll(passed), prefix);
                } else {
                    rows.next();
                }
            }
            return rows.hasNext();
        }

        private boolean isPassed(Bytes key) {
            return StoreKeys.isWithin(key.get(), passed);
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            KeyValue<Bytes, byte[]> row = rows.next();
            passed = StoreKeys.oneTextMore(row.key.get(), prefix.length);
            return row;
        }

        @Override
        public Bytes peekNextKey() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return rows.peekNextKey();
        }

        @Override
        public void close() {
            rows.close();
        }
    }

    /** What is read one by one, to be closed: what is open holds files and memory of the store. */
    static final class Rows<T> implements Iterator<T>, AutoCloseable {

        private final BooleanSupplier hasRow;
        private final Supplier<Optional<T>> read;
        private final Runnable close;
        private Optional<T> next = Optional.empty();

        /** @param decode what is told by a row; empty: nothing, and it is passed over */
        private <R> Rows(Iterator<R> rows, Runnable close, Function<R, Optional<T>> decode) {
            this.hasRow = rows::hasNext;
            this.read = () -> decode.apply(rows.next());
            this.close = close;
        }

        @Override
        public boolean hasNext() {
            while (next.isEmpty() && hasRow.getAsBoolean()) {
                next = read.get();
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
            close.run();
        }
    }
}
