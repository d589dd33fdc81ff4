package tocsin.local.quarantine;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Hostile bytes made safe to look at on a terminal. */
final class Preview {

    private static final int ROW = 16;
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    private Preview() {}

    /** Rows of sixteen bytes: offset, hexadecimal digits, and what of it is printable ASCII. */
    static List<String> rows(byte[] bytes, int atMost) {
        List<String> rows = new ArrayList<>();
        int shown = Math.min(bytes.length, atMost);
        for (int from = 0; from < shown; from += ROW) {
            int to = Math.min(from + ROW, shown);
            rows.add(String.format(
                    Locale.ROOT, "%08x  %-47s  %s", from, HEX.formatHex(bytes, from, to), printable(bytes, from, to)));
        }
        if (shown < bytes.length) {
            rows.add("(" + (bytes.length - shown) + " more bytes)");
        }
        return List.copyOf(rows);
    }

    /** One line of at most so many characters; what a terminal could take for a command becomes a dot. */
    static String line(String text, int atMost) {
        StringBuilder safe = new StringBuilder();
        text.codePoints()
                .limit(atMost)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '.' : c)
                .forEach(safe::appendCodePoint);
        return safe.toString() + (text.codePointCount(0, text.length()) > atMost ? "…" : "");
    }

    private static String printable(byte[] bytes, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(bytes[i] >= ' ' && bytes[i] < 0x7f ? (char) bytes[i] : '.');
        }
        return text.toString();
    }
}
