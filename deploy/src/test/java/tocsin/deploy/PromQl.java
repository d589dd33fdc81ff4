package tocsin.deploy;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which metrics an expression names. Good enough for what promtool and Grafana take; labels, functions and numbers are none. */
final class PromQl {

    private static final Set<String> WORDS = Set.of(
            "and",
            "or",
            "unless",
            "offset",
            "bool",
            "inf",
            "nan",
            "by",
            "without",
            "on",
            "ignoring",
            "group_left",
            "group_right");

    private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern LABELS = Pattern.compile("\\{[^}]*}");
    private static final Pattern GROUPING =
            Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
    private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");
    private static final Pattern DURATION = Pattern.compile("\\boffset\\s+-?\\w+");
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w:])\\d[\\w.]*");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*(?!\\s*\\()(?![a-zA-Z0-9_:])");

    private PromQl() {}

    static Set<String> metrics(String expression) {
        String rest = expression
                .lines()
                .map(line -> line.strip().startsWith("#") ? "" : line)
                .reduce("", (all, line) -> all + " " + line);
        for (Pattern noise : new Pattern[] {TEXT, LABELS, GROUPING, RANGE, DURATION, NUMBER}) {
            rest = noise.matcher(rest).replaceAll(" ");
        }
        var metrics = new TreeSet<String>();
        Matcher name = NAME.matcher(rest);
        while (name.find()) {
            if (!WORDS.contains(name.group())) {
                metrics.add(name.group());
            }
        }
        return metrics;
    }
}
