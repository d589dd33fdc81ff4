package tocsin.tracker.recording;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Facts one behind the other, written as {@link java.io.DataOutput} writes them, of which a hash is made. That class itself took a twelfth of all
 * that a download takes, for the most part in making and growing what it writes to; this one is used again. Used by one thread.
 */
final class Facts {

    private static final int LONGEST_TEXT = 0xFFFF;

    /** To look one up costs as much as a hash. Each use leaves it as new. */
    private final MessageDigest sha256 = newSha256();

    private byte[] bytes = new byte[512];
    private int length;

    /** As {@link java.io.DataOutput#writeUTF}. @throws IllegalArgumentException if it takes more than 65,535 bytes */
    Facts text(String text) {
        room(2 + 3 * text.length());
        int start = length;
        length += 2;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x01 && c <= 0x7F) {
                bytes[length++] = (byte) c;
            } else if (c <= 0x7FF) {
                bytes[length++] = (byte) (0xC0 | (c >> 6));
                bytes[length++] = (byte) (0x80 | (c & 0x3F));
            } else {
                bytes[length++] = (byte) (0xE0 | (c >> 12));
                bytes[length++] = (byte) (0x80 | ((c >> 6) & 0x3F));
                bytes[length++] = (byte) (0x80 | (c & 0x3F));
            }
        }
        int size = length - start - 2;
        if (size > LONGEST_TEXT) {
            length = start;
            throw new IllegalArgumentException("a fact of " + size + " bytes");
        }
        bytes[start] = (byte) (size >> 8);
        bytes[start + 1] = (byte) size;
        return this;
    }

    Facts number(int number) {
        room(Integer.BYTES);
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (number >> shift);
        }
        return this;
    }

    Facts number(long number) {
        return number((int) (number >> 32)).number((int) number);
    }

    Facts flag(boolean flag) {
        room(1);
        bytes[length++] = (byte) (flag ? 1 : 0);
        return this;
    }

    byte[] written() {
        return Arrays.copyOf(bytes, length);
    }

    /** The SHA-256 of all that was written since the last time; then it is empty. */
    byte[] hash() {
        sha256.update(bytes, 0, length);
        length = 0;
        return sha256.digest();
    }

    /** Empty again, whatever came of the last use. */
    Facts again() {
        length = 0;
        return this;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
