package tocsin.matcher.bucket;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A stream that ends with an exception once it has brought too much, or once somebody has given up on it. Read by one thread; any other may look how
 * far it is, and give up.
 */
final class BoundedStream extends FilterInputStream {

    private final long most;
    private final AtomicLong read = new AtomicLong();
    private final AtomicReference<@Nullable String> givenUp = new AtomicReference<>();

    BoundedStream(InputStream in, long most) {
        super(in);
        this.most = most;
    }

    long bytesRead() {
        return read.get();
    }

    /** Ends a read that waits, too. */
    void giveUp(String reason) {
        givenUp.compareAndSet(null, reason);
        try {
            in.close();
        } catch (IOException _) {
            // The reader hears of it.
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int count = read(one, 0, 1);
        return count < 0 ? count : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count;
        try {
            count = in.read(buffer, offset, length);
        } catch (IOException e) {
            requireNotGivenUp();
            throw e;
        }
        // One that was closed under the reader's hands looks as though it had come to its end.
        requireNotGivenUp();
        if (count > 0 && read.addAndGet(count) > most) {
            throw new FetchFailedException("answer has more than " + most + " bytes");
        }
        return count;
    }

    private void requireNotGivenUp() throws FetchFailedException {
        String reason = givenUp.get();
        if (reason != null) {
            throw new FetchFailedException(reason);
        }
    }

    /** By reading, so that what is skipped counts as well. */
    @Override
    public long skip(long count) throws IOException {
        int skipped = read(new byte[Math.clamp(count, 0, 8192)]);
        return Math.max(0, skipped);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
