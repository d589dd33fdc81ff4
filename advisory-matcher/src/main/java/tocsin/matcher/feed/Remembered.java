package tocsin.matcher.feed;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryAccepted;

/**
 * What intake keeps of one advisory of one feed.
 *
 * @param revision of the last one accepted
 * @param firstReceivedAt when any revision first came
 * @param packages all that any revision named: each is told again and again that it is no longer named, since a single telling
 *     may get lost with a crash
 * @param unread those that the last one names and says something of that cannot be evaluated: what an older revision says still stands for
 *     them, beside what can. With the revision of what is known to stand so, whole: an older one than that is replaced by it
 */
public record Remembered(
        Instant revision, Instant firstReceivedAt, Set<PackageKey> packages, Map<PackageKey, Instant> unread) {

    private static final byte FORMAT = 3;

    /** {@code unread} without revisions. */
    private static final byte SECOND_FORMAT = 2;

    /** Without {@code unread}. */
    private static final byte FIRST_FORMAT = 1;

    public Remembered {
        packages = Set.copyOf(packages);
        unread = Map.copyOf(unread);
    }

    /** As much as one accepted statement tells. What could not be read is forgotten: then a newer revision stands alone. */
    public static Remembered of(AdvisoryAccepted accepted, PackageKey packageKey) {
        return new Remembered(accepted.getRevision(), accepted.getFirstReceivedAt(), Set.of(packageKey), Map.of());
    }

    /** Of the same advisory: the newest revision, the first receipt, all packages. */
    public Remembered with(Remembered other) {
        Set<PackageKey> all = new HashSet<>(packages);
        all.addAll(other.packages);
        Map<PackageKey, Instant> allUnread = new HashMap<>(other.unread);
        allUnread.putAll(unread);
        return new Remembered(
                revision.isAfter(other.revision) ? revision : other.revision,
                firstReceivedAt.isBefore(other.firstReceivedAt) ? firstReceivedAt : other.firstReceivedAt,
                all,
                allUnread);
    }

    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(revision.toEpochMilli());
            out.writeLong(firstReceivedAt.toEpochMilli());
            write(packages, out);
            write(unread.keySet(), out);
            for (PackageKey packageKey : inOrder(unread.keySet())) {
                out.writeLong(unread.getOrDefault(packageKey, Instant.EPOCH).toEpochMilli());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** Reads what {@link #encode} wrote. */
    public static Remembered decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte format = in.readByte();
            if (format != FORMAT && format != SECOND_FORMAT && format != FIRST_FORMAT) {
                throw new IllegalStateException("remembered advisory is in format " + format + ", not " + FORMAT);
            }
            Instant revision = Instant.ofEpochMilli(in.readLong());
            Instant firstReceivedAt = Instant.ofEpochMilli(in.readLong());
            Set<PackageKey> packages = read(in);
            Map<PackageKey, Instant> unread = new HashMap<>();
            for (PackageKey packageKey : format == FIRST_FORMAT ? Set.<PackageKey>of() : inOrder(read(in))) {
                unread.put(packageKey, Instant.EPOCH);
            }
            if (format == FORMAT) {
                for (PackageKey packageKey : inOrder(unread.keySet())) {
                    unread.put(packageKey, Instant.ofEpochMilli(in.readLong()));
                }
            }
            return new Remembered(revision, firstReceivedAt, packages, unread);
        } catch (IOException e) {
            throw new UncheckedIOException("remembered advisory is cut short", e);
        }
    }

    private static void write(Set<PackageKey> packages, DataOutputStream out) throws IOException {
        out.writeInt(packages.size());
        for (PackageKey packageKey : inOrder(packages)) {
            out.writeUTF(packageKey.text());
        }
    }

    private static List<PackageKey> inOrder(Set<PackageKey> packages) {
        return packages.stream().sorted(Comparator.comparing(PackageKey::text)).toList();
    }

    private static Set<PackageKey> read(DataInputStream in) throws IOException {
        int size = in.readInt();
        Set<PackageKey> packages = new HashSet<>();
        for (int i = 0; i < size; i++) {
            packages.add(PackageKey.parse(in.readUTF()));
        }
        return packages;
    }
}
