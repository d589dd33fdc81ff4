package tocsin.matcher.match;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Principal;

/**
 * The downloads that a match tells of.
 *
 * @param downloads newest first, at most {@value #CAP}
 * @param nextOlderAt when the newest that is left out was fetched; at the latest then, where it is not stored any more
 * @param versions the versions that any counting download has, also one left out, each once and in order. Of very many, which is
 *     no honest project's history, only those fetched last: at most {@value #MAX_VERSIONS} and {@value #MAX_VERSION_BYTES} bytes,
 *     since the whole match must fit its topic
 */
public record NewestDownloads(List<AffectedDownload> downloads, Optional<Instant> nextOlderAt, List<String> versions) {

    public static final int CAP = 1000;

    static final int MAX_VERSIONS = 10_000;
    static final int MAX_VERSION_BYTES = 128 * 1024;

    /** Newest first; the id decides among those of one instant, so that a repeat gives the same ones. */
    public static final Comparator<AffectedDownload> NEWEST_FIRST = Comparator.comparing(AffectedDownload::getFetchedAt)
            .reversed()
            .thenComparing(AffectedDownload::getEventId)
            .thenComparing(AffectedDownload::getVersion);

    private static final int ROUGH_BYTES_OF_FIXED_FIELDS = 40;
    private static final int ROUGH_BYTES_OF_LENGTH = 2;

    public NewestDownloads {
        downloads = List.copyOf(downloads);
        versions = List.copyOf(versions);
    }

    /**
     * For rows that come version by version.
     *
     * @param counts which rows count at all
     */
    public static Gathering gather(Predicate<AffectedDownload> counts) {
        return new Gathering(counts);
    }

    /**
     * Takes the rows of one version after the other, so that no more than one iterator is open, and keeps only what may be told of. Takes
     * few rows of the later versions where those fetched last come first.
     */
    public static final class Gathering {

        private final Predicate<AffectedDownload> counts;
        private final TreeSet<AffectedDownload> newest = new TreeSet<>(NEWEST_FIRST);
        private final List<AffectedDownload> newestOfVersions = new ArrayList<>();
        /** Of all in {@link #newest}. */
        private final Set<Identity> told = new HashSet<>();

        private Optional<Instant> leftOutAt = Optional.empty();

        private record Identity(String eventId, String version) {
            static Identity of(AffectedDownload row) {
                return new Identity(row.getEventId(), row.getVersion());
            }
        }

        private Gathering(Predicate<AffectedDownload> counts) {
            this.counts = counts;
        }

        /** @param rows of one version, newest first */
        public void add(Iterator<AffectedDownload> rows) {
            boolean first = true;
            while (rows.hasNext()) {
                AffectedDownload row = rows.next();
                if (!first
                        && isFull()
                        && row.getFetchedAt().isBefore(newest.last().getFetchedAt())) {
                    return;
                }
                if (counts.test(row)) {
                    if (first) {
                        newestOfVersions.add(row);
                        first = false;
                    }
                    // Parts of one download are rows with one id: it is told of once, by the time of the last.
                    if (told.add(Identity.of(row))) {
                        newest.add(row);
                    }
                    if (newest.size() > CAP + 1) {
                        told.remove(Identity.of(newest.removeLast()));
                    }
                }
            }
        }

        /**
         * Downloads that count and of which no row is left, so that none can be told of.
         *
         * @param newestAt when the newest was fetched, at the latest
         */
        public void leftOut(Instant newestAt) {
            leftOutAt = later(leftOutAt, newestAt);
        }

        private boolean isFull() {
            return newest.size() > CAP;
        }

        /**
         * @param maxBytes room for versions and downloads in the message; where rows are so large that {@value #CAP} do not fit, fewer
         *     are told of, and {@code nextOlderAt} says so. The newest and its version are told of in any case
         */
        public NewestDownloads within(int maxBytes) {
            TreeSet<String> versions = new TreeSet<>();
            int bytes = addVersions(newestOfVersions, versions, Math.min(maxBytes, MAX_VERSION_BYTES));
            List<AffectedDownload> downloads = new ArrayList<>();
            for (AffectedDownload row : newest) {
                bytes += roughBytes(row);
                if (downloads.size() == CAP || (bytes > maxBytes && !downloads.isEmpty())) {
                    return new NewestDownloads(downloads, later(leftOutAt, row.getFetchedAt()), List.copyOf(versions));
                }
                downloads.add(row);
            }
            return new NewestDownloads(downloads, leftOutAt, List.copyOf(versions));
        }
    }

    private static Optional<Instant> later(Optional<Instant> one, Instant other) {
        return Optional.of(one.filter(other::isBefore).orElse(other));
    }

    /** @return how many bytes were added. */
    private static int addVersions(List<AffectedDownload> newestOfVersions, TreeSet<String> versions, int maxBytes) {
        int bytes = 0;
        for (AffectedDownload row :
                newestOfVersions.stream().sorted(NEWEST_FIRST).toList()) {
            String version = row.getVersion();
            int more = utf8Bytes(version) + ROUGH_BYTES_OF_LENGTH;
            if (!versions.isEmpty() && (versions.size() == MAX_VERSIONS || bytes + more > maxBytes)) {
                break;
            }
            if (versions.add(version)) {
                bytes += more;
            }
        }
        return bytes;
    }

    private static int roughBytes(AffectedDownload download) {
        Principal principal = download.getPrincipal();
        return ROUGH_BYTES_OF_FIXED_FIELDS
                + utf8Bytes(download.getEventId())
                + utf8Bytes(download.getVersion())
                + utf8Bytes(principal.getId())
                + principal.getName().map(NewestDownloads::utf8Bytes).orElse(0)
                + principal.getEmail().map(NewestDownloads::utf8Bytes).orElse(0)
                + principal.getRepository().map(NewestDownloads::utf8Bytes).orElse(0);
    }

    private static int utf8Bytes(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }
}
