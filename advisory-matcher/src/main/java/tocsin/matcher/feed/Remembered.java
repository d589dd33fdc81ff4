package tocsin.matcher.feed;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashSet;
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
 * @param unread those that the last one names and does not say anything of that can be evaluated: an older revision still stands for
 *     them
 */
public record Remembered(Instant revision, Instant firstReceivedAt, Set<PackageKey> packages, Set<PackageKey> unread) {

    private static final byte FORMAT = 2;

    /** Without {@code unread}. */
    private static final byte FIRST_FORMAT = 1;

    public Remembered {
        packages = Set.copyOf(packages);
        unread = Set.copyOf(unread);
    }

    /** As much as one accepted statement tells. What could not be read is forgotten: then a newer revision stands alone. */
    public static Remembered of(AdvisoryAccepted accepted, PackageKey packageKey) {
        return new Remembered(accepted.getRevision(), accepted.getFirstReceivedAt(), Set.of(packageKey), Set.of());
    }

    /** Of the same advisory: the newest revision, the first receipt, all packages. */
    public Remembered with(Remembered other) {
        Set<PackageKey> all = new HashSet<>(packages);
        all.addAll(other.packages);
        Set<PackageKey> allUnread = new HashSet<>(unread);
        allUnread.addAll(other.unread);
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
            write(unread, out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** Reads what {@link #encode} wrote. */
    public static Remembered decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            byte format = in.readByte();
            if (format != FORMAT && format != FIRST_FORMAT) {
                throw new IllegalStateException("remembered advisory is in format " + format + ", not " + FORMAT);
            }
            Instant revision = Instant.ofEpochMilli(in.readLong());
            Instant firstReceivedAt = Instant.ofEpochMilli(in.readLong());
            Set<PackageKey> packages = read(in);
            return new Remembered(revision, firstReceivedAt, packages, format == FIRST_FORMAT ? Set.of() : read(in));
        } catch (IOException e) {
            throw new UncheckedIOException("remembered advisory is cut short", e);
        }
    }

    private static void write(Set<PackageKey> packages, DataOutputStream out) throws IOException {
        out.writeInt(packages.size());
        for (String packageKey :
                packages.stream().map(PackageKey::text).sorted().toList()) {
            out.writeUTF(packageKey);
        }
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
