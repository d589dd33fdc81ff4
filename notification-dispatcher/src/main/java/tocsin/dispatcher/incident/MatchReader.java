package tocsin.dispatcher.incident;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.VersionRange;

/** Reads {@code advisory.matched} and refuses what no honest matcher would write. */
public final class MatchReader {

    private static final int LONGEST_ID = 256;
    private static final int LONGEST_VERSION = 256;
    private static final int LONGEST_NAME = 256;
    private static final int LONGEST_SUMMARY = 2000;
    private static final int LONGEST_URL = 2000;
    private static final int MOST_ALIASES = 200;
    /** The intake counts 128 Ki characters over all versions and borders of a package, and each has one at least. */
    private static final int MOST_VERSIONS = 128 * 1024;

    private static final int MOST_BORDERS = 128 * 1024;
    /** ISO 8601 has four digits for the year. */
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private static final MessageCodec<AdvisoryMatched> CODEC = MessageCodec.of(AdvisoryMatched.class);
    private static final MessageCodec<AdvisoryAccepted> ADVISORIES = MessageCodec.of(AdvisoryAccepted.class);

    private MatchReader() {}

    /**
     * @throws tocsin.schemas.UndecodableMessageException if the bytes are no match
     * @throws IllegalArgumentException if they are one that makes no sense; the message repeats nothing of it
     */
    public static Match read(byte[] bytes) {
        AdvisoryMatched matched = CODEC.decode(bytes);
        return new Match(
                uuid(matched.getMatchId()),
                Audience.parse(matched.getAudience()),
                advisory(matched.getAdvisory()),
                matched.getDownloads().stream().map(MatchReader::download).toList(),
                matched.getNextOlderAt().map(MatchReader::time),
                atMost(MOST_VERSIONS, "versions", matched.getFetchedVersions()).stream()
                        .map(it -> required("a version", it, LONGEST_VERSION))
                        .distinct()
                        .toList(),
                matched.getLate());
    }

    /** The advisory of a match, for {@link #advisory(byte[])}: without the people that a match names. */
    static byte[] advisoryOf(byte[] match) {
        return ADVISORIES.encode(CODEC.decode(match).getAdvisory());
    }

    /** As {@link #read}. */
    static Advisory advisory(byte[] bytes) {
        return advisory(ADVISORIES.decode(bytes));
    }

    private static Advisory advisory(AdvisoryAccepted accepted) {
        Ecosystem ecosystem = Ecosystem.ofWireName(accepted.getEcosystem())
                .orElseThrow(() -> new IllegalArgumentException("unknown ecosystem"));
        return new Advisory(
                required("the feed", accepted.getFeed(), LONGEST_ID),
                required("the advisory's id", accepted.getAdvisoryId(), LONGEST_ID),
                new PackageKey(ecosystem, accepted.getPackageName()),
                time(accepted.getRevision()),
                time(accepted.getPublishedAt()),
                accepted.getWithdrawnAt().map(MatchReader::time),
                accepted.getNarrowed(),
                atMost(MOST_ALIASES, "aliases", accepted.getAliases()).stream()
                        .map(it -> required("an alias", it, LONGEST_ID))
                        .distinct()
                        .toList(),
                accepted.getKind(),
                accepted.getSeverity(),
                cut(accepted.getSummary(), LONGEST_SUMMARY),
                accepted.getAdvisoryUrl().filter(MatchReader::isWebPage),
                accepted.getAllVersions(),
                atMost(MOST_VERSIONS, "versions", accepted.getVersions()).stream()
                        .map(it -> required("a version", it, LONGEST_VERSION))
                        .distinct()
                        .toList(),
                ranges(accepted.getRanges()));
    }

    private static List<AffectedRange> ranges(List<VersionRange> ranges) {
        if (ranges.stream().mapToInt(it -> it.getEvents().size()).sum() > MOST_BORDERS) {
            throw new IllegalArgumentException("more than " + MOST_BORDERS + " borders of ranges");
        }
        return atMost(MOST_BORDERS, "ranges", ranges).stream()
                .map(range -> new AffectedRange(range.getEvents().stream()
                        .map(event -> new AffectedRange.Border(
                                event.getKind().name().toLowerCase(Locale.ROOT),
                                required("a version", event.getVersion(), LONGEST_VERSION)))
                        .toList()))
                .toList();
    }

    private static Download download(tocsin.schemas.avro.AffectedDownload download) {
        return new Download(
                required("the id of a download", download.getEventId(), LONGEST_ID),
                required("a version", download.getVersion(), LONGEST_VERSION),
                time(download.getFetchedAt()),
                download.getReceivedAt(),
                principal(download.getPrincipal()));
    }

    private static Principal principal(tocsin.schemas.avro.Principal principal) {
        PrincipalType type = principal.getType();
        String id = required("the id of a principal", principal.getId(), LONGEST_ID);
        return new Principal(
                type,
                id,
                text(principal.getName()).orElse(id),
                type == PrincipalType.HUMAN ? text(principal.getEmail()) : Optional.empty(),
                type == PrincipalType.CI_CD ? text(principal.getRepository()) : Optional.empty());
    }

    private static Optional<String> text(Optional<String> value) {
        return value.filter(it -> !it.isBlank()).map(it -> cut(it, LONGEST_NAME));
    }

    private static UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the match id is no UUID", e);
        }
    }

    private static String required(String what, String value, int longest) {
        // PostgreSQL takes no NUL in text.
        if (value.isBlank() || value.length() > longest || value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " must have 1 to " + longest + " characters");
        }
        return value;
    }

    private static <T> List<T> atMost(int limit, String what, List<T> values) {
        if (values.size() > limit) {
            throw new IllegalArgumentException("more than " + limit + " " + what);
        }
        return values;
    }

    private static Instant time(Instant instant) {
        if (instant.isBefore(Instant.EPOCH) || instant.isAfter(LATEST)) {
            throw new IllegalArgumentException("a time lies outside the years 1970 to 9999");
        }
        return instant;
    }

    private static boolean isWebPage(String url) {
        try {
            URI uri = new URI(url);
            return url.length() <= LONGEST_URL && "https".equals(uri.getScheme()) && uri.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
        return text.substring(0, end);
    }
}
