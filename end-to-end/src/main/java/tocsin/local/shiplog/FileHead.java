package tocsin.local.shiplog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * How a file is known again under another name: by its first bytes, which no append changes. Better than an inode, which copies do not share and
 * file systems use again.
 *
 * @param length how many bytes, at most {@link #MAX_LENGTH}; 0 for nothing read yet, which fits every file
 * @param sha256 of them, in hexadecimal digits
 */
record FileHead(int length, String sha256) {

    /** Several lines, so that two logs which begin in the same second differ. */
    static final int MAX_LENGTH = 1024;

    static final FileHead NOTHING = new FileHead(0, "");

    FileHead {
        if (length < 0 || length > MAX_LENGTH) {
            throw new IllegalArgumentException("a head has 0 to " + MAX_LENGTH + " bytes");
        }
    }

    /** Of as much as is known not to change: what was read. */
    static FileHead of(FileChannel file, long read) throws IOException {
        int length = Math.toIntExact(Math.min(read, MAX_LENGTH));
        ByteBuffer head = ByteBuffer.allocate(length);
        while (head.hasRemaining() && file.read(head, head.position()) >= 0) {
            // Files answer with as much as they like.
        }
        return length == 0 || head.hasRemaining() ? NOTHING : new FileHead(length, sha256(head.array()));
    }

    boolean fits(FileChannel file) throws IOException {
        return length == 0 || (file.size() >= length && of(file, length).equals(this));
    }

    /** False for one that went away. */
    boolean fits(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            return fits(file);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
