package tocsin.matcher.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What of a bucket changed since some time: {@code modified_id.csv}, a line for each record, the newest first.
 *
 * @param changes the oldest first
 * @param complete false: there are more that are newer than these, so many that an archive is the shorter way
 * @param passedOver how many lines are none
 * @param tooManyBehind more was found behind the place than can be remembered: none of that is among the changes
 */
record ChangeList(List<Change> changes, boolean complete, int passedOver, boolean tooManyBehind) {

    static final int MOST_CHANGES = 20_000;

    /** Of a list that begins with the oldest the first says nothing yet. */
    private static final int ENOUGH_OLDER = 100;

    private static final int MAX_LINE_LENGTH = 256;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
    private static final Comparator<Change> OLDEST_FIRST = Comparator.comparing(Change::modified);

    ChangeList {
        changes = List.copyOf(changes);
    }

    /** @param folder where it lies */
    record Change(Instant modified, String folder, String id) {}

    /**
     * What is to be read of a list.
     *
     * @param through the place: what is newer is news
     * @param since as far behind it records are looked for that appeared late
     */
    record Span(Instant since, Instant through) {}

    /**
     * Reads no further than it must: to some that are older than the span, as long as all stand in their order. A line that is none is passed
     * over, as one bad record must not hide all others.
     *
     * @param folder of the list; empty: its lines name theirs
     * @param wanted asked for each change of the span
     * @throws FetchFailedException if it is no such list: more of its lines are none than are
     */
    static ChangeList read(InputStream list, String folder, Span span, Predicate<Change> wanted) throws IOException {
        PriorityQueue<Change> news = new PriorityQueue<>(OLDEST_FIRST.reversed());
        List<Change> behind = new ArrayList<>();
        boolean complete = true;
        boolean tooManyBehind = false;
        boolean inOrder = true;
        int older = 0;
        int lines = 0;
        int passedOver = 0;
        Instant previous = Instant.MAX;
        for (Optional<String> line = line(list); line.isPresent(); line = line(list)) {
            if (line.get().isBlank()) {
                continue;
            }
            Optional<Change> read = change(line.get(), folder);
            if (read.isEmpty()) {
                passedOver++;
                continue;
            }
            lines++;
            Change change = read.get();
            inOrder &= !change.modified().isAfter(previous);
            previous = change.modified();
            if (change.modified().isBefore(span.since())) {
                if (inOrder && ++older == ENOUGH_OLDER) {
                    break;
                }
            } else if (wanted.test(change)) {
                if (change.modified().isAfter(span.through())) {
                    news.add(change);
                    if (news.size() > MOST_CHANGES) {
                        news.remove();
                        complete = false;
                    }
                } else if (behind.size() < MOST_CHANGES) {
                    behind.add(change);
                } else {
                    tooManyBehind = true;
                }
            }
        }
        if (passedOver > lines) {
            throw new FetchFailedException("list of changes has lines of another form");
        }
        List<Change> changes = new ArrayList<>(news);
        if (!tooManyBehind) {
            changes.addAll(behind);
        }
        changes.sort(OLDEST_FIRST);
        return new ChangeList(changes, complete, passedOver, tooManyBehind);
    }

    /** @return empty if the line is none. */
    private static Optional<Change> change(String line, String folder) {
        int comma = line.indexOf(',');
        String path = comma < 0 ? "" : line.substring(comma + 1).strip();
        int slash = path.lastIndexOf('/');
        String id = path.substring(slash + 1);
        boolean hasItsForm = folder.isEmpty() ? slash > 0 && path.indexOf('/') == slash : slash < 0;
        if (!hasItsForm || !ID.matcher(id).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Change(
                    Instant.parse(line.substring(0, comma).strip()),
                    folder.isEmpty() ? path.substring(0, slash) : folder,
                    id));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    /** @return of one that is too long only so much that it is known for none. */
    private static Optional<String> line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return Optional.empty();
        }
        while (next >= 0 && next != '\n') {
            line.write(next);
            if (line.size() > MAX_LINE_LENGTH) {
                line.reset();
                line.write('?');
                while (next >= 0 && next != '\n') {
                    next = in.read();
                }
                break;
            }
            next = in.read();
        }
        return Optional.of(line.toString(UTF_8));
    }
}
