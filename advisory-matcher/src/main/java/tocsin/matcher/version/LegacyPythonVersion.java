package tocsin.matcher.version;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Python version from before PEP 440, such as {@code 2.0.0-final} or {@code 0.9-horsea}. All come before every PEP 440 version;
 * among themselves they have the order that setuptools gave them: numbers by value, words by text, release candidates and the
 * like before the release.
 */
record LegacyPythonVersion(List<String> parts) implements Version {

    private static final Pattern PART = Pattern.compile("[0-9]+|[a-z]+|\\.|-|[^0-9a-z.-]+");
    private static final String FINAL = "*final";
    private static final String FINAL_DASH = "*final-";
    private static final String ZERO = "00000000";

    LegacyPythonVersion {
        parts = List.copyOf(parts);
    }

    /** @return empty only for blank text: whatever else a version may look like, it was once accepted. */
    static Optional<LegacyPythonVersion> parse(String text) {
        String version = text.strip().toLowerCase(Locale.ROOT);
        if (version.isEmpty()) {
            return Optional.empty();
        }
        List<String> parts = new ArrayList<>();
        Matcher matcher = PART.matcher(version);
        while (matcher.find()) {
            String part = matcher.group();
            if (!part.equals(".")) {
                add(parts, Digits.isNumber(part) ? padded(part) : "*" + word(part));
            }
        }
        add(parts, FINAL);
        return Optional.of(new LegacyPythonVersion(parts));
    }

    @Override
    public int compareTo(Version other) {
        return switch (other) {
            case LegacyPythonVersion that -> compareParts(that);
            case Pep440Version _ -> -1;
            case NpmVersion _ -> throw new IllegalArgumentException("versions of different ecosystems have no order");
        };
    }

    private int compareParts(LegacyPythonVersion that) {
        int common = Math.min(parts.size(), that.parts.size());
        for (int i = 0; i < common; i++) {
            int order = parts.get(i).compareTo(that.parts.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(parts.size(), that.parts.size());
    }

    private static void add(List<String> parts, String part) {
        if (part.startsWith("*")) {
            // A dash before a word that marks a prerelease does not count, nor do zeros at the end of a run of numbers.
            while (part.compareTo(FINAL) < 0
                    && !parts.isEmpty()
                    && parts.getLast().equals(FINAL_DASH)) {
                parts.removeLast();
            }
            while (!parts.isEmpty() && parts.getLast().equals(ZERO)) {
                parts.removeLast();
            }
        }
        parts.add(part);
    }

    private static String word(String part) {
        return switch (part) {
            case "pre", "preview", "rc" -> "c";
            case "-" -> "final-";
            case "dev" -> "@";
            default -> part;
        };
    }

    /** The old order compares text, so numbers are padded; longer ones than eight digits keep its quirk. */
    private static String padded(String digits) {
        return "0".repeat(Math.max(0, ZERO.length() - digits.length())) + digits;
    }
}
