package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * About how many different audiences there are, in at most {@value #DENSE_LENGTH} bytes (HyperLogLog, Flajolet and others 2007; linear counting
 * while there are few). To add one that is in it already changes nothing, so a repeat counts nobody twice. Counts of up to a hundred are off by
 * one or two, larger ones by about 6 %. None of its encodings may ever change: it is stored. Changed in place, since most downloads of a matcher that is
 * new change one.
 */
final class AudienceSketch {

    private static final int REGISTERS = 256;
    private static final int DENSE_LENGTH = 1 + REGISTERS;

    /** Most packages have a handful of audiences: pairs of register and rank, as they came. */
    private static final byte FEW = 1;

    /** The rank of each register. */
    private static final byte MANY = 2;

    private static final int MOST_OF_FEW = 64;

    private byte[] encoded;

    private AudienceSketch(byte[] encoded) {
        this.encoded = encoded;
    }

    static AudienceSketch ofNobody() {
        return new AudienceSketch(new byte[] {FEW});
    }

    /** Reads what {@link #encode} wrote. */
    static AudienceSketch decode(byte[] encoded) {
        boolean sound = encoded.length > 0
                && switch (encoded[0]) {
                    case FEW -> encoded.length % 2 == 1;
                    case MANY -> encoded.length == DENSE_LENGTH;
                    default -> false;
                };
        if (!sound) {
            throw new IllegalStateException("sketch of audiences is in no known format");
        }
        return new AudienceSketch(encoded.clone());
    }

    byte[] encode() {
        return encoded.clone();
    }

    /** @return whether the audience made a difference */
    boolean add(String audience) {
        long hash = hash(audience);
        int register = (int) (hash >>> 56);
        // One bit behind the last: the rank of a hash of zeros ends there.
        byte rank = (byte) (Long.numberOfLeadingZeros((hash << 8) | (1L << 7)) + 1);
        int at = indexOfRank(register);
        if (at >= 0) {
            boolean higher = encoded[at] < rank;
            encoded[at] = higher ? rank : encoded[at];
            return higher;
        }
        int length = encoded.length;
        encoded = Arrays.copyOf(encoded, length + 2);
        encoded[length] = (byte) register;
        encoded[length + 1] = rank;
        if (encoded.length > 1 + 2 * MOST_OF_FEW) {
            encoded = dense();
        }
        return true;
    }

    int estimate() {
        byte[] dense = dense();
        double sum = 0;
        int empty = 0;
        for (int i = 1; i < dense.length; i++) {
            sum += Math.scalb(1.0, -dense[i]);
            empty += dense[i] == 0 ? 1 : 0;
        }
        double raw = 0.7213 / (1 + 1.079 / REGISTERS) * REGISTERS * REGISTERS / sum;
        double estimate = raw <= 2.5 * REGISTERS && empty > 0 ? REGISTERS * Math.log((double) REGISTERS / empty) : raw;
        return (int) Math.min(Integer.MAX_VALUE, Math.round(estimate));
    }

    /** @return -1 if the register has no rank yet and no place for one */
    private int indexOfRank(int register) {
        if (encoded[0] == MANY) {
            return 1 + register;
        }
        for (int i = 1; i < encoded.length; i += 2) {
            if (Byte.toUnsignedInt(encoded[i]) == register) {
                return i + 1;
            }
        }
        return -1;
    }

    private byte[] dense() {
        if (encoded[0] == MANY) {
            return encoded;
        }
        byte[] dense = new byte[DENSE_LENGTH];
        dense[0] = MANY;
        for (int i = 1; i < encoded.length; i += 2) {
            dense[1 + Byte.toUnsignedInt(encoded[i])] = encoded[i + 1];
        }
        return dense;
    }

    /** FNV-1a, whose bits are then mixed as in MurmurHash3: an audience's name decides nothing about its register. */
    private static long hash(String audience) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : audience.getBytes(UTF_8)) {
            hash = (hash ^ b) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
