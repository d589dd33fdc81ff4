package tocsin.matcher.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What of a bucket changed since some time: {@code modified_id.csv}, a line for each record, the newest first.
 *
 * @param changes the oldest first
 * @param complete false: there are more, so many that the archive is the shorter way
 */
record ChangeList(List<Change> changes, boolean complete) {

    static final int MOST_CHANGES = 20_000;

    /** Of a list that begins with the oldest the first says nothing yet. */
    private static final int ENOUGH_OLDER = 100;

    private static final int MAX_LINE_LENGTH = 256;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");

    ChangeList {
        changes = List.copyOf(changes);
    }

    /** @param folder where it lies */
    record Change(Instant modified, String folder, String id) {}

    /**
     * Reads no further than it must: to some that are older than {@code since}, as long as all stand in their order.
     *
     * @param folder of the list; empty: its lines name theirs
     * @param wanted asked only in a list whose lines name their folders
     * @throws FetchFailedException if it is no such list
     */
    static ChangeList read(InputStream list, String folder, Instant since, Predicate<String> wanted)
            throws IOException {
        List<Change> found = new ArrayList<>();
        boolean inOrder = true;
        int older = 0;
        Instant previous = Instant.MAX;
        for (Optional<String> line = line(list); line.isPresent(); line = line(list)) {
            if (line.get().isBlank()) {
                continue;
            }
            Change change = change(line.get(), folder);
            inOrder &= !change.modified().isAfter(previous);
            previous = change.modified();
            if (change.modified().isBefore(since)) {
                if (inOrder && ++older == ENOUGH_OLDER) {
                    break;
                }
                continue;
            }
            if (folder.isEmpty() && !wanted.test(change.folder())) {
                continue;
            }
            if (found.size() == MOST_CHANGES) {
                return new ChangeList(List.of(), false);
            }
            found.add(change);
        }
        found.sort((a, b) -> a.modified().compareTo(b.modified()));
        return new ChangeList(found, true);
    }

    private static Change change(String line, String folder) throws FetchFailedException {
        int comma = line.indexOf(',');
        String path = comma < 0 ? "" : line.substring(comma + 1).strip();
        int slash = path.lastIndexOf('/');
        String id = path.substring(slash + 1);
        boolean hasItsForm = folder.isEmpty() ? slash > 0 && path.indexOf('/') == slash : slash < 0;
        if (!hasItsForm || !ID.matcher(id).matches()) {
            throw new FetchFailedException("list of changes has a line of another form");
        }
        try {
            return new Change(
                    Instant.parse(line.substring(0, comma).strip()),
                    folder.isEmpty() ? path.substring(0, slash) : folder,
                    id);
        } catch (DateTimeException _) {
            throw new FetchFailedException("list of changes has a line without a time");
        }
    }

    private static Optional<String> line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return Optional.empty();
        }
        while (next >= 0 && next != '\n') {
            if (line.size() == MAX_LINE_LENGTH) {
                throw new FetchFailedException("list of changes has a line of more than " + MAX_LINE_LENGTH + " bytes");
            }
            line.write(next);
            next = in.read();
        }
        return Optional.of(line.toString(UTF_8));
    }
}
