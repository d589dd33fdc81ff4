package tocsin.matcher.bucket;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a feed lies, and what of it is read.
 *
 * @param base address without a slash at its end
 * @param folders of ecosystems
 */
record Bucket(String feed, String base, List<String> folders, Duration interval) {

    /** What lies outside of all ecosystems: a withdrawn record that names no package any more. */
    static final String NO_ECOSYSTEM = "[EMPTY]";

    /** The folder of positions that stands for the bucket's own list. */
    static final String ROOT = "";

    private static final Pattern FEED = Pattern.compile("[a-z0-9-]{1,64}");
    private static final Pattern FOLDER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._ -]{0,63}");
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    Bucket {
        folders = List.copyOf(folders);
    }

    /** @throws IllegalArgumentException if a value makes no sense; with the key that it is of */
    static Bucket of(String feed, String url, List<String> folders, Duration interval) {
        String key = "tocsin.buckets." + feed;
        require(
                FEED.matcher(feed).matches(),
                "tocsin.buckets has a name that is not 1 to 64 lower-case letters, digits and hyphens");
        require(isPlain(url), key + ".url is no http or https address without user, query and fragment");
        List<String> stripped = folders.stream()
                .map(String::strip)
                .filter(it -> !it.isEmpty())
                .distinct()
                .toList();
        require(
                !stripped.isEmpty()
                        && stripped.stream()
                                .allMatch(folder -> FOLDER.matcher(folder).matches()),
                key + ".ecosystems are no names of folders");
        require(interval.compareTo(SHORTEST) >= 0, key + ".interval is shorter than a second");
        return new Bucket(feed, url.replaceAll("/+$", ""), stripped, interval);
    }

    /** Also the root of the bucket, which is where withdrawals outside of the folders are found. */
    List<String> parts() {
        return Stream.concat(folders.stream(), Stream.of(ROOT)).toList();
    }

    /** @param segments of a path below the bucket; empty ones are left out */
    URI at(String... segments) {
        StringBuilder address = new StringBuilder(base);
        for (String segment : segments) {
            if (!segment.isEmpty()) {
                // Form encoding differs from a path's only in the blank.
                address.append('/')
                        .append(URLEncoder.encode(segment, StandardCharsets.UTF_8)
                                .replace("+", "%20"));
            }
        }
        return URI.create(address.toString());
    }

    private static boolean isPlain(String url) {
        try {
            URI uri = new URI(url);
            return ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
        } catch (URISyntaxException _) {
            return false;
        }
    }

    private static void require(boolean sound, String message) {
        if (!sound) {
            throw new IllegalArgumentException(message);
        }
    }
}
