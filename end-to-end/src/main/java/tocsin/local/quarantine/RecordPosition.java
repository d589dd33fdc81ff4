package tocsin.local.quarantine;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A record's place in a topic, written {@code partition:offset}. */
record RecordPosition(int partition, long offset) implements Comparable<RecordPosition> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9}):(\\d{1,18})");
    private static final Comparator<RecordPosition> ORDER =
            Comparator.comparingInt(RecordPosition::partition).thenComparingLong(RecordPosition::offset);

    /** @return empty if the text is not of that form */
    static Optional<RecordPosition> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new RecordPosition(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2))))
                : Optional.empty();
    }

    String text() {
        return partition + ":" + offset;
    }

    @Override
    public int compareTo(RecordPosition other) {
        return ORDER.compare(this, other);
    }
}
