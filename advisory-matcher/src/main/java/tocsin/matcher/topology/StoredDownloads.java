package tocsin.matcher.topology;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import tocsin.matcher.topology.StoredDownload.Row;

/** The downloads of a group, newest first, put together from its rows, and nothing of what is known of those that were trimmed. */
final class StoredDownloads implements Iterator<StoredDownload> {

    private final Iterator<Row> rows;
    private final int groupLength;
    private final String version;

    /** Read, and not yet part of a download. */
    private Optional<Row> next;

    /** @param rows of one group, in their order */
    StoredDownloads(Iterator<Row> rows, int groupLength, String version) {
        this.rows = rows;
        this.groupLength = groupLength;
        this.version = version;
        this.next = read();
    }

    @Override
    public boolean hasNext() {
        return next.isPresent();
    }

    @Override
    public StoredDownload next() {
        Row first = next.orElseThrow(NoSuchElementException::new);
        next = read();
        return new StoredDownload(version, groupLength, first, next.isPresent() ? repeatsOf(first) : List.of());
    }

    private List<Row> repeatsOf(Row first) {
        List<Row> repeats = new ArrayList<>(0);
        while (next.filter(row -> StoreKeys.isSameDownload(first.key(), row.key(), groupLength))
                .isPresent()) {
            repeats.add(next.orElseThrow());
            next = read();
        }
        return repeats;
    }

    /** Behind the rows of a group there may be what is known of others. */
    private Optional<Row> read() {
        return rows.hasNext()
                ? Optional.of(rows.next()).filter(row -> !StoreKeys.isTrimmed(row.key(), groupLength))
                : Optional.empty();
    }
}
