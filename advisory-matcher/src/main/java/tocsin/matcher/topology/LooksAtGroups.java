package tocsin.matcher.topology;

import java.util.Arrays;

/**
 * When it is time to look how many rows a group has, told without asking the store for each row. Puts are counted in memory, by the hash of
 * the group: groups that share a place are looked at for each other, which costs a look, and the one that is put most is looked at most. After
 * a restart all are looked at soon.
 */
final class LooksAtGroups {

    /** As many as a match tells of, and the one whose time it tells as the next older. */
    static final int KEPT = 1001;

    private static final int SLACK = 100;
    private static final int PLACES = 1 << 16;

    /** Taken at the first put: of the repositories of a task one puts. */
    private int[] putsLeft = {};

    /** To be asked once for each row that is put. */
    boolean isDue(byte[] group) {
        if (putsLeft.length == 0) {
            putsLeft = new int[PLACES];
            Arrays.fill(putsLeft, SLACK);
        }
        return --putsLeft[place(group)] <= 0;
    }

    /** To be told after it was due. Where many rows may not go, the next look waits for more, so that looking stays cheap on the whole. */
    void looked(byte[] group, int rows) {
        putsLeft[place(group)] = Math.max(SLACK, Math.max(KEPT + SLACK - rows, rows / 4));
    }

    private static int place(byte[] group) {
        int hash = Arrays.hashCode(group) * 0x9E3779B9;
        return hash >>> Integer.numberOfLeadingZeros(PLACES - 1);
    }
}
