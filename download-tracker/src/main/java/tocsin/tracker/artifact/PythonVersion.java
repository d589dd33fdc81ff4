package tocsin.tracker.artifact;

import java.util.regex.Pattern;

/** What PEP 440 takes for a version, in whichever of its spellings. */
final class PythonVersion {

    private static final Pattern PUBLIC_AND_LOCAL = Pattern.compile(
            "v?"
                    // Epoch and release.
                    + "(?:\\d+!)?\\d+(?:\\.\\d+)*"
                    + "(?:[-_.]?(?:alpha|a|beta|b|preview|pre|c|rc)[-_.]?\\d*)?"
                    // A post release may be a bare number after a hyphen.
                    + "(?:-\\d+|[-_.]?(?:post|rev|r)[-_.]?\\d*)?"
                    + "(?:[-_.]?dev[-_.]?\\d*)?"
                    + "(?:\\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?",
            Pattern.CASE_INSENSITIVE);

    private PythonVersion() {}

    static boolean isValid(String version) {
        return PUBLIC_AND_LOCAL.matcher(version).matches();
    }
}
