package tocsin.sender.endpoint;

import java.util.Arrays;

/**
 * A signing secret as it lies in the database.
 *
 * @param keyId which key of the keyset encrypted it
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content below
record SealedSecret(byte[] ciphertext, int keyId) {

    @Override
    public boolean equals(Object other) {
        return other instanceof SealedSecret(byte[] theirs, int theirKey)
                && keyId == theirKey
                && Arrays.equals(ciphertext, theirs);
    }

    @Override
    public int hashCode() {
        return 31 * keyId + Arrays.hashCode(ciphertext);
    }

    @Override
    public String toString() {
        return "SealedSecret[keyId=" + Integer.toUnsignedString(keyId) + "]";
    }
}
