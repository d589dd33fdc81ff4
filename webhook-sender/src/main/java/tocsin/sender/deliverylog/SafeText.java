package tocsin.sender.deliverylog;

/** What a receiver sent, as text that a database takes and a page can show: no NUL, no half characters, no more than so much. */
final class SafeText {

    private static final char INSTEAD = '\uFFFD';

    private SafeText() {}

    /** @param most UTF-16 units that are kept; none of them is half of a pair */
    static String of(String text, int most) {
        int end = Math.min(text.length(), most);
        if (end < text.length() && end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        StringBuilder safe = new StringBuilder(end);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text.charAt(i + 1))) {
                safe.append(c).append(text.charAt(++i));
            } else {
                safe.append(c == 0 || Character.isSurrogate(c) ? INSTEAD : c);
            }
        }
        return safe.toString();
    }
}
