package tocsin.dispatcher.email;

import java.util.regex.Pattern;
import tocsin.dispatcher.payload.PlainText;

/** Text of strangers in a mail: no program makes a link of it, and it cannot pretend to be something else. */
final class Defanged {

    private static final Pattern SCHEME = Pattern.compile("(?i)\\b([a-z][a-z0-9+-]{1,20}):(?=//)");
    private static final Pattern SCRIPT = Pattern.compile("(?i)\\b(javascript|data|mailto|vbscript):");
    private static final Pattern DOT_IN_NAME = Pattern.compile("(?<=[\\p{L}\\p{N}])\\.(?=\\p{L})");

    private Defanged() {}

    /** One line, at most so many characters before the dots are bracketed. */
    static String of(String hostile, int longest) {
        String line = PlainText.oneLine(hostile, longest);
        line = SCHEME.matcher(line).replaceAll("$1[:]");
        line = SCRIPT.matcher(line).replaceAll("$1[:]");
        return DOT_IN_NAME.matcher(line).replaceAll("[.]");
    }
}
