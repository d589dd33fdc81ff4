package tocsin.matcher.topology;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where in {@code advisory.accepted} a fanned-out advisory stands. */
record AcceptedAt(int partition, long offset) {

    /** Of records of {@code advisory.fanout}. */
    static final String HEADER = "tocsin-accepted-at";

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9}) (\\d{1,18})");

    String text() {
        return partition + " " + offset;
    }

    /** Reads what {@link #text} wrote. @return empty for anything else. */
    static Optional<AcceptedAt> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? Optional.of(new AcceptedAt(Integer.parseInt(parts.group(1)), Long.parseLong(parts.group(2))))
                : Optional.empty();
    }
}
