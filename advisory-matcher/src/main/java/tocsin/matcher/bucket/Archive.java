package tocsin.matcher.bucket;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * The records of an archive, one after the other as they come over the line. Too many entries, one that is too large to be a record a hundred times over
 * and too much in all end the reading. Used by one thread.
 */
final class Archive implements AutoCloseable {

    private static final int MAX_ENTRIES = 3_000_000;
    private static final long MAX_ENTRY_BYTES = 64L * 1024 * 1024;
    private static final long MAX_BYTES = 64L * 1024 * 1024 * 1024;
    private static final int END_LENGTH = 22;

    private final Tail tail;
    private final ZipInputStream zip;
    private final int mostOfRecord;
    private int entries;
    private long bytes;

    /** @param mostOfRecord bytes of a record that are kept */
    Archive(InputStream in, int mostOfRecord) {
        this.tail = new Tail(in);
        this.zip = new ZipInputStream(tail);
        this.mostOfRecord = mostOfRecord;
    }

    /**
     * @param number from 1, of all entries
     * @param content empty: it is larger than a record may be
     */
    record Entry(int number, String name, Optional<byte[]> content) {}

    /** @return empty at the end, which is the archive's own: one that was cut off fails */
    Optional<Entry> next() throws IOException {
        try {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (++entries > MAX_ENTRIES) {
                    throw new FetchFailedException("archive has more than " + MAX_ENTRIES + " entries");
                }
                Optional<byte[]> content = content();
                if (!entry.isDirectory() && entry.getName().endsWith(".json")) {
                    return Optional.of(new Entry(entries, entry.getName(), content));
                }
            }
        } catch (ZipException | IllegalArgumentException e) {
            // The latter is for names that are no text.
            throw damaged(e);
        } catch (EOFException e) {
            throw damaged(e);
        }
        tail.transferTo(OutputStream.nullOutputStream());
        if (!tail.endsAsArchive()) {
            throw new FetchFailedException("archive is cut off");
        }
        return Optional.empty();
    }

    private static FetchFailedException damaged(Exception cause) {
        FetchFailedException failure = new FetchFailedException("archive is damaged or cut off");
        failure.addSuppressed(cause);
        return failure;
    }

    /** Reads it whole even if it is not kept: what it unpacks to is counted. */
    private Optional<byte[]> content() throws IOException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        byte[] buffer = new byte[16 * 1024];
        long length = 0;
        for (int count = zip.read(buffer); count >= 0; count = zip.read(buffer)) {
            length += count;
            bytes += count;
            if (length > MAX_ENTRY_BYTES || bytes > MAX_BYTES) {
                throw new FetchFailedException("archive unpacks to more than is read");
            }
            if (length <= mostOfRecord) {
                kept.write(buffer, 0, count);
            }
        }
        return length <= mostOfRecord ? Optional.of(kept.toByteArray()) : Optional.empty();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    /** Remembers the last that was read: an archive ends with a record of its own, and one that is cut off between two entries looks whole else. */
    private static final class Tail extends FilterInputStream {

        private static final byte[] END = {'P', 'K', 5, 6};

        private byte[] last = {};

        Tail(InputStream in) {
            super(in);
        }

        boolean endsAsArchive() {
            int start = last.length - END_LENGTH;
            return start >= 0 && Arrays.equals(END, Arrays.copyOfRange(last, start, start + END.length));
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int count = read(one, 0, 1);
            return count < 0 ? count : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = in.read(buffer, offset, length);
            if (count >= END_LENGTH) {
                last = Arrays.copyOfRange(buffer, offset + count - END_LENGTH, offset + count);
            } else if (count > 0) {
                byte[] joined = Arrays.copyOf(last, last.length + count);
                System.arraycopy(buffer, offset, joined, last.length, count);
                last = joined.length <= END_LENGTH
                        ? joined
                        : Arrays.copyOfRange(joined, joined.length - END_LENGTH, joined.length);
            }
            return count;
        }
    }
}
