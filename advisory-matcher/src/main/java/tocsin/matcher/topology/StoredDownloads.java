package tocsin.matcher.topology;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import tocsin.matcher.topology.StoredDownload.Row;

/** The downloads of a group, newest first, put together from its rows, and nothing of what is known of those that were trimmed. */
final class StoredDownloads implements Iterator<StoredDownload> {

    private final Rows rows;
    private final byte[] group;
    private final String version;

    /** In their order. */
    interface Rows extends Iterator<Row> {

        /** @return the key of the next row, which stays the next */
        byte[] peekKey();
    }

    /** @param rows that begin in the group; what does not belong to it is left in them */
    StoredDownloads(Rows rows, byte[] group, String version) {
        this.rows = rows;
        this.group = group;
        this.version = version;
    }

    /** Behind the downloads of a group there may be what is known of others. */
    @Override
    public boolean hasNext() {
        if (!rows.hasNext()) {
            return false;
        }
        byte[] key = rows.peekKey();
        return StoreKeys.isWithin(key, group) && !StoreKeys.isTrimmed(key, group.length);
    }

    @Override
    public StoredDownload next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Row first = rows.next();
        return new StoredDownload(version, group.length, first, isRepeatNext(first) ? repeatsOf(first) : List.of());
    }

    private List<Row> repeatsOf(Row first) {
        List<Row> repeats = new ArrayList<>();
        while (isRepeatNext(first)) {
            repeats.add(rows.next());
        }
        return repeats;
    }

    private boolean isRepeatNext(Row first) {
        return hasNext() && StoreKeys.isSameDownload(first.key(), rows.peekKey(), group.length);
    }
}
