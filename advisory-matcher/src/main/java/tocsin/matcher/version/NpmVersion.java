package tocsin.matcher.version;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A version in the order of node-semver's {@code compare}: SemVer 2.0 precedence, build metadata ignored. Besides strict versions
 * it reads the loose forms that old tarballs carry ({@code v1.0.0}, {@code =1.0.0}, {@code 1.0.5beta}, leading zeros), and takes
 * a missing minor or patch number as zero, since advisories write borders such as {@code 2.0}.
 *
 * @param core major, minor and patch number, without leading zeros
 * @param prerelease empty for a release, which comes after all its prereleases
 */
record NpmVersion(List<String> core, List<String> prerelease) implements Version {

    private static final Pattern LOOSE =
            Pattern.compile("[v=\\s]*(?<major>[0-9]++)(?:\\.(?<minor>[0-9]++)(?:\\.(?<patch>[0-9]++))?)?"
                    + "(?:-?(?<pre>[0-9A-Za-z-]++(?:\\.[0-9A-Za-z-]++)*+))?"
                    + "(?:\\+[0-9A-Za-z-]++(?:\\.[0-9A-Za-z-]++)*+)?");

    NpmVersion {
        core = List.copyOf(core);
        prerelease = List.copyOf(prerelease);
    }

    static Optional<NpmVersion> parse(String text) {
        Matcher matcher = LOOSE.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<String> core = Stream.of("major", "minor", "patch")
                .map(matcher::group)
                .map(number -> number == null ? "0" : Digits.normal(number))
                .toList();
        String pre = matcher.group("pre");
        List<String> prerelease = pre == null
                ? List.of()
                : Stream.of(pre.split("\\.", -1))
                        .map(id -> Digits.isNumber(id) ? Digits.normal(id) : id)
                        .toList();
        return Optional.of(new NpmVersion(core, prerelease));
    }

    @Override
    public int compareTo(Version other) {
        if (!(other instanceof NpmVersion that)) {
            throw new IllegalArgumentException("versions of different ecosystems have no order");
        }
        for (int i = 0; i < core.size(); i++) {
            int order = Digits.compare(core.get(i), that.core.get(i));
            if (order != 0) {
                return order;
            }
        }
        if (prerelease.isEmpty() || that.prerelease.isEmpty()) {
            return Boolean.compare(prerelease.isEmpty(), that.prerelease.isEmpty());
        }
        int common = Math.min(prerelease.size(), that.prerelease.size());
        for (int i = 0; i < common; i++) {
            int order = compareIdentifiers(prerelease.get(i), that.prerelease.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(prerelease.size(), that.prerelease.size());
    }

    /** Numbers come before words. */
    private static int compareIdentifiers(String a, String b) {
        boolean aIsNumber = Digits.isNumber(a);
        boolean bIsNumber = Digits.isNumber(b);
        if (aIsNumber && bIsNumber) {
            return Digits.compare(a, b);
        }
        return aIsNumber == bIsNumber ? a.compareTo(b) : Boolean.compare(bIsNumber, aIsNumber);
    }
}
