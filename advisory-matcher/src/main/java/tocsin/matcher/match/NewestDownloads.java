package tocsin.matcher.match;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.function.Predicate;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Principal;

/**
 * The downloads that a match tells of.
 *
 * @param downloads newest first, at most {@value #CAP}
 * @param nextOlderAt when the newest that is left out was fetched
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
     * Merges the rows of several versions and reads no further than it must.
     *
     * @param rowsByVersion rows of one version each, each newest first
     * @param counts which rows count at all
     * @param maxBytes room for versions and downloads in the message; where rows are so large that {@value #CAP} do not fit, fewer
     *     are told of, and {@code nextOlderAt} says so. The newest and its version are told of in any case
     */
    public static NewestDownloads of(
            List<? extends Iterator<AffectedDownload>> rowsByVersion,
            Predicate<AffectedDownload> counts,
            int maxBytes) {
        PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(Head::row, NEWEST_FIRST));
        for (Iterator<AffectedDownload> rows : rowsByVersion) {
            Head.next(rows, counts).ifPresent(heads::add);
        }
        TreeSet<String> versions = new TreeSet<>();
        int bytes = addVersions(heads, versions, Math.min(maxBytes, MAX_VERSION_BYTES));

        List<AffectedDownload> downloads = new ArrayList<>();
        Head head = heads.poll();
        while (head != null && downloads.size() < CAP) {
            bytes += roughBytes(head.row());
            if (bytes > maxBytes && !downloads.isEmpty()) {
                break;
            }
            downloads.add(head.row());
            Head.next(head.rest(), counts).ifPresent(heads::add);
            head = heads.poll();
        }
        return new NewestDownloads(
                downloads, Optional.ofNullable(head).map(next -> next.row().getFetchedAt()), List.copyOf(versions));
    }

    /**
     * Every version that has a counting download has its newest one among the heads.
     *
     * @return how many bytes were added
     */
    private static int addVersions(PriorityQueue<Head> heads, TreeSet<String> versions, int maxBytes) {
        int bytes = 0;
        for (Head head : heads.stream().sorted(heads.comparator()).toList()) {
            String version = head.row().getVersion();
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

    private record Head(AffectedDownload row, Iterator<AffectedDownload> rest) {

        static Optional<Head> next(Iterator<AffectedDownload> rows, Predicate<AffectedDownload> counts) {
            while (rows.hasNext()) {
                AffectedDownload row = rows.next();
                if (counts.test(row)) {
                    return Optional.of(new Head(row, rows));
                }
            }
            return Optional.empty();
        }
    }
}
