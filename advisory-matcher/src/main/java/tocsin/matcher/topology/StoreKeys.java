package tocsin.matcher.topology;

import java.io.ByteArrayOutputStream;
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

    /** In {@code packages}: somebody fetched the package. Also the beginning of all its {@link #packageVersion} keys. */
    static byte[] fetchedPackage(Scope scope) {
        return texts(scope.originRegistry(), scope.packageKey().text());
    }

    /** In {@code packages}: somebody fetched the version. */
    static byte[] packageVersion(Scope scope, String version) {
        return texts(scope.originRegistry(), scope.packageKey().text(), version);
    }

    /** In {@code packages}: who fetched the package from its public registry, as a sketch. Reads as a key of no version. */
    static byte[] packageAudiences(String packageText) {
        return texts("", packageText, "");
    }

    /** The version of a {@link #packageVersion} key; empty for that of the package itself and of its audiences. */
    static String versionIn(byte[] key, Scope scope) {
        int start = fetchedPackage(scope).length;
        return start == key.length ? "" : new String(key, start, key.length - start - 1, StandardCharsets.UTF_8);
    }

    /** In {@code download-index}; also the beginning of all keys in {@code downloads} of the same version and audience. */
    static byte[] index(Scope scope, String version, String audience) {
        return texts(scope.originRegistry(), scope.packageKey().text(), version, audience);
    }

    /** The audience of an {@link #index} key. */
    static String audienceIn(byte[] key, Scope scope, String version) {
        int start = packageVersion(scope, version).length;
        return new String(key, start, key.length - start - 1, StandardCharsets.UTF_8);
    }

    /** In {@code downloads}: by time, newest first, then by event id. */
    static byte[] download(Scope scope, String version, String audience, Instant fetchedAt, String eventId) {
        byte[] group = index(scope, version, audience);
        byte[] id = eventId.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(group.length + TIME_LENGTH + id.length)
                .put(group)
                .putLong(inverted(fetchedAt.toEpochMilli()))
                .put(id)
                .array();
    }

    /**
     * What the key of a row in {@code downloads} says of the audience.
     *
     * @param groupLength length of the {@link #index} key that it begins with
     */
    record DownloadKey(int groupLength, String version, String audience) {

        /** @throws IllegalArgumentException if the bytes are no such key */
        static DownloadKey parse(byte[] key) {
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
            int groupLength = ends[3] + 1;
            if (key.length <= groupLength + TIME_LENGTH) {
                throw new IllegalArgumentException("is the key of no stored download");
            }
            return new DownloadKey(groupLength, text(key, ends[1], ends[2]), text(key, ends[2], ends[3]));
        }

        private static String text(byte[] key, int endBefore, int end) {
            return new String(key, endBefore + 1, end - endBefore - 1, StandardCharsets.UTF_8);
        }
    }

    /**
     * What an {@link #index} key says.
     *
     * @param originRegistry empty: the ecosystem's public registry
     */
    record GroupKey(String originRegistry, String packageText, String version, String audience) {

        static GroupKey parse(byte[] indexKey) {
            String[] texts = new String(indexKey, StandardCharsets.UTF_8).split("\0", -1);
            return new GroupKey(texts[0], texts[1], texts[2], texts[3]);
        }
    }

    /** Not after the key of any row of the group that was fetched before, and after all that were not. */
    static byte[] firstFetchedBefore(byte[] group, Instant time) {
        return ByteBuffer.allocate(group.length + TIME_LENGTH)
                .put(group)
                .putLong(inverted(time.toEpochMilli() - 1))
                .array();
    }

    /** @param groupLength length of the {@link #index} key that it begins with */
    static Instant fetchedAtIn(byte[] downloadKey, int groupLength) {
        return Instant.ofEpochMilli(inverted(ByteBuffer.wrap(downloadKey).getLong(groupLength)));
    }

    /** @param groupLength length of the {@link #index} key that it begins with */
    static String eventIdIn(byte[] downloadKey, int groupLength) {
        int start = groupLength + TIME_LENGTH;
        return new String(downloadKey, start, downloadKey.length - start, StandardCharsets.UTF_8);
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
        ByteArrayOutputStream key = new ByteArrayOutputStream();
        for (String text : texts) {
            key.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            key.write(END);
        }
        return key.toByteArray();
    }
}
