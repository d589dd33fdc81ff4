package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LooksAtGroupsTest {

    private static final byte[] GROUP = "a\0b\0c\0d\0".getBytes(UTF_8);

    private final LooksAtGroups looks = new LooksAtGroups();

    @ParameterizedTest
    @CsvSource(textBlock = """
            1,      1100
            1000,    250
            1001,    250
            8000,   2000
            """)
    void theNextLookComesWhenThereMayBeTooManyAndLaterWhereMuchMustStay(int rows, int nextAfter) {
        putsUntilDue(GROUP);

        looks.looked(GROUP, rows);

        assertEquals(nextAfter, putsUntilDue(GROUP));
    }

    @Test
    void aGroupThatNobodyRemembersIsLookedAtSoon() {
        assertEquals(100, putsUntilDue(GROUP));
    }

    /** Whoever else is put meanwhile: a busy group among very many quiet ones is looked at before it has twice what may be. */
    @Test
    void quietNeighboursDoNotKeepABusyGroupFromBeingLookedAt() {
        // Given
        int rows = 0;
        int most = 0;

        // When each second put is of the busy one
        for (int i = 0; i < 100_000; i++) {
            rows++;
            if (looks.isDue(GROUP)) {
                rows = Math.min(rows, LooksAtGroups.KEPT);
                looks.looked(GROUP, rows);
            }
            byte[] quiet = ("a\0b\0c\0" + i + "\0").getBytes(UTF_8);
            if (looks.isDue(quiet)) {
                looks.looked(quiet, 1);
            }
            most = Math.max(most, rows);
        }

        // Then
        assertTrue(most <= 2 * LooksAtGroups.KEPT + 200, "had " + most);
    }

    private int putsUntilDue(byte[] group) {
        return IntStream.iterate(1, i -> i + 1)
                .filter(_ -> looks.isDue(group))
                .findFirst()
                .orElseThrow();
    }
}
