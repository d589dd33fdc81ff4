package tocsin.tracker.artifact;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What PEP 440 takes for a version, in whichever of its spellings. */
final class PythonVersion {

    private static final Pattern PUBLIC_AND_LOCAL = Pattern.compile(
            "v?"
                    + "(?:(?<epoch>\\d+)!)?(?<release>\\d+(?:\\.\\d+)*)"
                    + "(?<pre>[-_.]?(?<phase>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<prenumber>\\d*))?"
                    // A post release may be a bare number after a hyphen.
                    + "(?<post>-(?<barenumber>\\d+)|[-_.]?(?:post|rev|r)[-_.]?(?<postnumber>\\d*))?"
                    + "(?<dev>[-_.]?dev[-_.]?(?<devnumber>\\d*))?"
                    + "(?:\\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern TRAILING_ZEROS = Pattern.compile("(?:\\.0)+$");

    private PythonVersion() {}

    static boolean isValid(String version) {
        return PUBLIC_AND_LOCAL.matcher(version).matches();
    }

    /** Whether both are one version to PEP 440, such as 1.0 and 1.0.0, or 1.0-beta1 and 1.0b1. False for what is none. */
    static boolean areEqual(String one, String other) {
        Optional<String> normal = normal(one);
        return normal.isPresent() && normal.equals(normal(other));
    }

    /** For comparing only: shorter than the form that PEP 440 would write. */
    private static Optional<String> normal(String version) {
        Matcher parts = PUBLIC_AND_LOCAL.matcher(version.toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            return Optional.empty();
        }
        StringBuilder normal = new StringBuilder();
        normal.append(number(parts, "epoch")).append('!');
        StringBuilder release = new StringBuilder();
        for (String part : parts.group("release").split("\\.", -1)) {
            release.append('.').append(plain(part));
        }
        normal.append(TRAILING_ZEROS.matcher(release).replaceFirst(""));
        if (parts.group("pre") != null) {
            normal.append(phase(parts.group("phase"))).append(number(parts, "prenumber"));
        }
        if (parts.group("post") != null) {
            String named = parts.group("barenumber") == null ? "postnumber" : "barenumber";
            normal.append("post").append(number(parts, named));
        }
        if (parts.group("dev") != null) {
            normal.append("dev").append(number(parts, "devnumber"));
        }
        if (parts.group("local") != null) {
            normal.append('+');
            for (String part : parts.group("local").split("[-_.]", -1)) {
                normal.append(plain(part)).append('.');
            }
        }
        return Optional.of(normal.toString());
    }

    private static String phase(String spelt) {
        return switch (spelt) {
            case "alpha", "a" -> "a";
            case "beta", "b" -> "b";
            default -> "rc";
        };
    }

    /** A number that is left out is zero. */
    private static String number(Matcher parts, String group) {
        String digits = parts.group(group);
        return digits == null ? "0" : plain(digits);
    }

    /** Numbers of any length, without zeros before them; what is no number stays. */
    private static String plain(String part) {
        int zeros = 0;
        while (zeros < part.length() - 1 && part.charAt(zeros) == '0') {
            zeros++;
        }
        boolean number = part.chars().allMatch(c -> c >= '0' && c <= '9');
        return !number ? part : part.isEmpty() ? "0" : part.substring(zeros);
    }
}
