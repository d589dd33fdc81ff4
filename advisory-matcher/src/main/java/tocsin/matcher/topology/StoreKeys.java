package tocsin.matcher.topology;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * Keys of the state stores, made so that their byte order is the order in which rows are read: texts end with a zero byte, which
 * none of them holds, and times are inverted, so that the newest comes first. None of the encodings may ever change: it is the
 * layout of stored state.
 */
final class StoreKeys {

    private static final byte END = 0;
    private static final int TIME_LENGTH = Long.BYTES;

    private StoreKeys() {}

    /** The beginning of all keys in {@code downloads} of the package. */
    static byte[] fetchedPackage(Scope scope) {
        return texts(scope.originRegistry(), scope.packageKey().text());
    }

    /** The beginning of all keys in {@code downloads} of the version. */
    static byte[] packageVersion(Scope scope, String version) {
        return texts(scope.originRegistry(), scope.packageKey().text(), version);
    }

    /** The beginning of all keys in {@code downloads} of the version and the audience: its group. */
    static byte[] group(Scope scope, String version, String audience) {
        return texts(scope.originRegistry(), scope.packageKey().text(), version, audience);
    }

    /** In {@code packages}: who fetched the package from its public registry, as a sketch. */
    static byte[] packageAudiences(String packageText) {
        return texts("", packageText, "");
    }

    /**
     * In {@code downloads}, after the key of its group: by time, newest first, then by event id, then in the order in which the download was told of.
     * Keys of before end with the event id, and so come first.
     *
     * @param offset of the record that told of it
     */
    static byte[] receipt(byte[] group, Instant fetchedAt, String eventId, long offset) {
        byte[] id = eventId.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(group.length + TIME_LENGTH + id.length + 1 + Long.BYTES)
                .put(group)
                .putLong(inverted(fetchedAt.toEpochMilli()))
                .put(id)
                .put(END)
                .putLong(offset)
                .array();
    }

    /**
     * Whether two rows in {@code downloads} tell of the same download. Such rows lie one after the other.
     *
     * @param groupLength length of the {@link #group} key that the second begins with
     */
    static boolean isSameDownload(byte[] key, byte[] next, int groupLength) {
        int end = eventIdEnd(next, groupLength);
        return key.length >= end && (key.length == end || key[end] == END) && Arrays.equals(key, 0, end, next, 0, end);
    }

    /**
     * The first key in {@code downloads} that can come after all rows of the download, or after what is known of those that were trimmed.
     *
     * @param groupLength length of the {@link #group} key that it begins with
     */
    static byte[] afterDownload(byte[] downloadKey, int groupLength) {
        return afterAll(Arrays.copyOf(downloadKey, eventIdEnd(downloadKey, groupLength) + 1));
    }

    private static int eventIdEnd(byte[] downloadKey, int groupLength) {
        int end = groupLength + TIME_LENGTH;
        while (end < downloadKey.length && downloadKey[end] != END) {
            end++;
        }
        return end;
    }

    /** In {@code downloads}, behind all rows of its group: no download has such a time or such an id. */
    static byte[] trimmed(byte[] group) {
        byte[] key = Arrays.copyOf(group, group.length + TIME_LENGTH + 1);
        Arrays.fill(key, group.length, group.length + TIME_LENGTH, (byte) 0xFF);
        return key;
    }

    /** @param groupLength length of the {@link #group} key that it begins with */
    static boolean isTrimmed(byte[] downloadKey, int groupLength) {
        return downloadKey.length == groupLength + TIME_LENGTH + 1 && downloadKey[downloadKey.length - 1] == END;
    }

    /**
     * The beginning that a key has in common with all that say the same in one text more.
     *
     * @param key that begins with the prefix and says more
     * @return up to the end of the text that follows the prefix
     */
    static byte[] oneTextMore(byte[] key, int prefixLength) {
        int end = prefixLength;
        while (key[end] != END) {
            end++;
        }
        return Arrays.copyOf(key, end + 1);
    }

    /** The last text of a key that is made of texts, after those before. */
    static String lastText(byte[] texts, int prefixLength) {
        return new String(texts, prefixLength, texts.length - prefixLength - 1, StandardCharsets.UTF_8);
    }

    static boolean isWithin(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /**
     * What the key of a row in {@code downloads} says of the audience.
     *
     * @param groupLength length of the {@link #group} key that it begins with
     */
    record DownloadKey(int groupLength, String version, String audience) {

        /** @throws IllegalArgumentException if the bytes are no such key */
        static DownloadKey parse(byte[] key) {
            int[] ends = ends(key);
            return new DownloadKey(ends[3] + 1, text(key, ends[1], ends[2]), text(key, ends[2], ends[3]));
        }

        /** @throws IllegalArgumentException if the bytes are no such key */
        static int groupLength(byte[] key) {
            return ends(key)[3] + 1;
        }

        private static int[] ends(byte[] key) {
            int[] ends = new int[4];
            int texts = 0;
            for (int i = 0; texts < ends.length; i++) {
                if (i == key.length) {
                    throw new IllegalArgumentException("is the key of no stored download");
                }
                if (key[i] == END) {
                    ends[texts++] = i;
                }
            }
            if (key.length <= ends[3] + 1 + TIME_LENGTH) {
                throw new IllegalArgumentException("is the key of no stored download");
            }
            return ends;
        }

        private static String text(byte[] key, int endBefore, int end) {
            return new String(key, endBefore + 1, end - endBefore - 1, StandardCharsets.UTF_8);
        }
    }

    /**
     * What a {@link #group} key says.
     *
     * @param originRegistry empty: the ecosystem's public registry
     */
    record GroupKey(String originRegistry, String packageText, String version, String audience) {

        static GroupKey parse(byte[] group) {
            String[] texts = new String(group, StandardCharsets.UTF_8).split("\0", -1);
            return new GroupKey(texts[0], texts[1], texts[2], texts[3]);
        }
    }

    /** @param groupLength length of the {@link #group} key that it begins with */
    static Instant fetchedAtIn(byte[] downloadKey, int groupLength) {
        return Instant.ofEpochMilli(inverted(ByteBuffer.wrap(downloadKey).getLong(groupLength)));
    }

    /** @param groupLength length of the {@link #group} key that it begins with */
    static String eventIdIn(byte[] downloadKey, int groupLength) {
        int start = groupLength + TIME_LENGTH;
        return new String(downloadKey, start, eventIdEnd(downloadKey, groupLength) - start, StandardCharsets.UTF_8);
    }

    /** In {@code advisories}: there is one for the package. Also the beginning of all its {@link #advisory} keys. */
    static byte[] advisedPackage(String packageText) {
        return texts(packageText);
    }

    /** In {@code advisories}. */
    static byte[] advisory(String packageText, String feed, String advisoryId) {
        return texts(packageText, feed, advisoryId);
    }

    /** The first key after all that begin with one of the above. */
    static byte[] afterAll(byte[] prefix) {
        byte[] after = Arrays.copyOf(prefix, prefix.length);
        after[after.length - 1] = END + 1;
        return after;
    }

    /** Unsigned byte order of the result is the reverse order of the times, also of those before 1970. Its own inverse. */
    private static long inverted(long epochMilli) {
        return ~epochMilli ^ Long.MIN_VALUE;
    }

    private static byte[] texts(String... texts) {
        byte[][] encoded = new byte[texts.length][];
        int length = texts.length;
        for (int i = 0; i < texts.length; i++) {
            encoded[i] = texts[i].getBytes(StandardCharsets.UTF_8);
            length += encoded[i].length;
        }
        // An array is made of zeros, which is what ends a text.
        byte[] key = new byte[length];
        int at = 0;
        for (byte[] text : encoded) {
            System.arraycopy(text, 0, key, at, text.length);
            at += text.length + 1;
        }
        return key;
    }
}
