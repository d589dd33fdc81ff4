package tocsin.matcher.version;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A version in the order of PEP 440, "Summary of permitted suffixes and relative ordering", read with all the spellings that the
 * PEP normalises ({@code 1.0-1} is {@code 1.0.post1}, {@code 1.0.post} is {@code 1.0.post0}, {@code v1.0ALPHA} is {@code 1.0a0}).
 *
 * @param release without trailing zeros, since {@code 1.0} equals {@code 1}
 */
record Pep440Version(
        String epoch,
        List<String> release,
        Optional<Prerelease> pre,
        Optional<String> post,
        Optional<String> dev,
        Optional<List<String>> local)
        implements Version {

    /** @param phase {@code a}, {@code b} or {@code rc}, which is also their order */
    record Prerelease(String phase, String number) {}

    // PEP 440, appendix B, without its verbose layout. The quantifiers never give back, so hostile text costs linear
    // time.
    private static final Pattern SYNTAX = Pattern.compile("v?(?:(?<epoch>[0-9]++)!)?(?<release>[0-9]++(?:\\.[0-9]++)*+)"
            + "(?:[-_.]?(?<phase>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<pre>[0-9]++)?)?"
            + "(?:-(?<implicitpost>[0-9]++)|[-_.]?(?<postword>post|rev|r)[-_.]?(?<post>[0-9]++)?)?"
            + "(?:[-_.]?(?<devword>dev)[-_.]?(?<dev>[0-9]++)?)?"
            + "(?:\\+(?<local>[a-z0-9]++(?:[-_.][a-z0-9]++)*+))?");

    Pep440Version {
        release = List.copyOf(release);
        local = local.map(List::copyOf);
    }

    static Optional<Pep440Version> parse(String text) {
        Matcher matcher = SYNTAX.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String phase = matcher.group("phase");
        Optional<Prerelease> pre = phase == null
                ? Optional.empty()
                : Optional.of(new Prerelease(phase(phase), numberOrZero(matcher.group("pre"))));
        String implicitPost = matcher.group("implicitpost");
        Optional<String> post = implicitPost == null
                ? numberAfter(matcher.group("postword"), matcher.group("post"))
                : Optional.of(Digits.normal(implicitPost));
        return Optional.of(new Pep440Version(
                numberOrZero(matcher.group("epoch")),
                release(matcher.group("release")),
                pre,
                post,
                numberAfter(matcher.group("devword"), matcher.group("dev")),
                Optional.ofNullable(matcher.group("local")).map(Pep440Version::local)));
    }

    @Override
    public int compareTo(Version other) {
        return switch (other) {
            case Pep440Version that -> compareToPep440(that);
            case LegacyPythonVersion _ -> 1;
            case NpmVersion _ -> throw new IllegalArgumentException("versions of different ecosystems have no order");
        };
    }

    private int compareToPep440(Pep440Version that) {
        int order = Digits.compare(epoch, that.epoch);
        if (order == 0) {
            order = compareReleases(release, that.release);
        }
        if (order == 0) {
            order = comparePrereleases(that);
        }
        if (order == 0) {
            order = compare(post, that.post, -1);
        }
        if (order == 0) {
            order = compare(dev, that.dev, 1);
        }
        return order == 0 ? compareLocals(local.orElse(List.of()), that.local.orElse(List.of())) : order;
    }

    private int comparePrereleases(Pep440Version that) {
        int order = Integer.compare(stage(), that.stage());
        if (order != 0 || pre.isEmpty() || that.pre.isEmpty()) {
            return order;
        }
        order = pre.get().phase().compareTo(that.pre.get().phase());
        return order == 0 ? Digits.compare(pre.get().number(), that.pre.get().number()) : order;
    }

    /** 1.0.dev1 comes before 1.0a1, and that before 1.0 with all its post releases. */
    private int stage() {
        if (pre.isPresent()) {
            return 1;
        }
        return post.isEmpty() && dev.isPresent() ? 0 : 2;
    }

    /** @param absent how one that is absent compares to one that is there */
    private static int compare(Optional<String> a, Optional<String> b, int absent) {
        if (a.isEmpty() || b.isEmpty()) {
            return absent * Boolean.compare(a.isEmpty(), b.isEmpty());
        }
        return Digits.compare(a.get(), b.get());
    }

    private static int compareReleases(List<String> a, List<String> b) {
        int common = Math.min(a.size(), b.size());
        for (int i = 0; i < common; i++) {
            int order = Digits.compare(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    /** Words come before numbers here, unlike in SemVer; no local version comes before any. */
    private static int compareLocals(List<String> a, List<String> b) {
        int common = Math.min(a.size(), b.size());
        for (int i = 0; i < common; i++) {
            boolean aIsNumber = Digits.isNumber(a.get(i));
            boolean bIsNumber = Digits.isNumber(b.get(i));
            int order = aIsNumber && bIsNumber
                    ? Digits.compare(a.get(i), b.get(i))
                    : aIsNumber == bIsNumber ? a.get(i).compareTo(b.get(i)) : Boolean.compare(aIsNumber, bIsNumber);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    private static String phase(String word) {
        return switch (word) {
            case "a", "alpha" -> "a";
            case "b", "beta" -> "b";
            default -> "rc";
        };
    }

    private static List<String> release(String text) {
        List<String> numbers =
                Stream.of(text.split("\\.", -1)).map(Digits::normal).toList();
        int end = numbers.size();
        while (end > 0 && numbers.get(end - 1).equals("0")) {
            end--;
        }
        return numbers.subList(0, end);
    }

    private static List<String> local(String text) {
        return Stream.of(text.split("[-_.]", -1))
                .map(part -> Digits.isNumber(part) ? Digits.normal(part) : part)
                .toList();
    }

    private static String numberOrZero(@Nullable String digits) {
        return digits == null ? "0" : Digits.normal(digits);
    }

    private static Optional<String> numberAfter(@Nullable String word, @Nullable String digits) {
        return word == null ? Optional.empty() : Optional.of(numberOrZero(digits));
    }
}
