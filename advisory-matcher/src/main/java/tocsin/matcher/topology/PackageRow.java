package tocsin.matcher.topology;

import java.nio.ByteBuffer;

/**
 * A value in {@code packages}: who fetched a package, and what was told of it by whom.
 *
 * @param writer a number that each repository draws for itself; 0: none that is known
 * @param told the highest count that the writer has told, or is about to tell
 */
record PackageRow(long writer, int told, AudienceSketch audiences) {

    /** No sketch begins with it. */
    private static final byte FORMAT = 3;

    private static final int HEADER = 1 + Long.BYTES + Integer.BYTES;

    /** Of a package that nobody has written of. */
    static PackageRow none() {
        return new PackageRow(0, 0, AudienceSketch.ofNobody());
    }

    byte[] encode() {
        byte[] sketch = audiences.encode();
        return ByteBuffer.allocate(HEADER + sketch.length)
                .put(FORMAT)
                .putLong(writer)
                .putInt(told)
                .put(sketch)
                .array();
    }

    /** Reads what {@link #encode} wrote, or the sketch alone that was stored before. */
    static PackageRow decode(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        if (value.length < HEADER || in.get() != FORMAT) {
            return new PackageRow(0, 0, AudienceSketch.decode(value));
        }
        long writer = in.getLong();
        int told = in.getInt();
        byte[] sketch = new byte[in.remaining()];
        in.get(sketch);
        return new PackageRow(writer, told, AudienceSketch.decode(sketch));
    }
}
