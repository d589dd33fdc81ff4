package tocsin.dispatcher.payload;

/** Makes text that strangers wrote harmless to show; escaping is for whoever shows it. */
public final class PlainText {

    private PlainText() {}

    /** Without control, direction and other invisible characters; runs of white space are one space. */
    public static String oneLine(String hostile) {
        StringBuilder safe = new StringBuilder(hostile.length());
        hostile.codePoints().map(PlainText::visible).forEach(c -> {
            if (c != ' ' || (!safe.isEmpty() && safe.charAt(safe.length() - 1) != ' ')) {
                safe.appendCodePoint(c);
            }
        });
        return safe.toString().strip();
    }

    /** As {@link #oneLine(String)}, at most so many characters; a cut ends in an ellipsis. */
    public static String oneLine(String hostile, int longest) {
        String line = oneLine(hostile);
        if (line.length() <= longest) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(longest - 2)) ? longest - 2 : longest - 1;
        return line.substring(0, end) + "…";
    }

    private static int visible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> ' ';
            default -> codePoint;
        };
    }
}
