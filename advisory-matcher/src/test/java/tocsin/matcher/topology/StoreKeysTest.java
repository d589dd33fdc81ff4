package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;

class StoreKeysTest {

    private static final List<String> NAMES = List.of("a", "a-b", "ab", "@s/a", "é", "漢字", "😀");
    private static final List<String> VERSIONS = List.of("1", "1.0", "1.0.0", "1.0.0-a", "not a version");
    private static final List<String> AUDIENCES =
            List.of("org:a", "org:a1", "org:a-b", "org:b", "token:" + "0".repeat(64));
    private static final List<Instant> TIMES = List.of(
            Instant.ofEpochMilli(Long.MIN_VALUE),
            Instant.ofEpochMilli(-1),
            Instant.EPOCH,
            Instant.ofEpochMilli(1),
            Instant.parse("2026-04-17T10:00:00Z"),
            Instant.ofEpochMilli(Long.MAX_VALUE));

    private record Row(Scope scope, String version, String audience, Instant fetchedAt, String eventId) {
        byte[] key() {
            return StoreKeys.receipt(group(), fetchedAt, eventId, eventId.hashCode());
        }

        byte[] group() {
            return StoreKeys.group(scope, version, audience);
        }
    }

    @Test
    void rowsOfOneVersionAndAudienceLieTogetherNewestFirst() {
        List<Row> rows = randomRows(700);

        List<Row> stored = rows.stream()
                .sorted(Comparator.comparing(Row::key, Arrays::compareUnsigned))
                .toList();

        for (Row wanted : rows) {
            List<Row> scanned = stored.stream()
                    .filter(row -> isWithin(row.key(), wanted.group()))
                    .toList();
            assertEquals(
                    rows.stream()
                            .filter(row -> row.scope().equals(wanted.scope())
                                    && row.version().equals(wanted.version())
                                    && row.audience().equals(wanted.audience()))
                            .sorted(Comparator.comparing(Row::fetchedAt)
                                    .reversed()
                                    .thenComparing(Row::eventId))
                            .map(Row::eventId)
                            .toList(),
                    scanned.stream().map(Row::eventId).toList());
        }
    }

    @Test
    void aKeyGivesBackWhatItWasMadeOf() {
        for (Row row : randomRows(200)) {
            int groupLength = row.group().length;
            assertEquals(row.fetchedAt(), StoreKeys.fetchedAtIn(row.key(), groupLength));
            assertEquals(row.eventId(), StoreKeys.eventIdIn(row.key(), groupLength));
            byte[] packagePrefix = StoreKeys.fetchedPackage(row.scope());
            byte[] versionPrefix = StoreKeys.oneTextMore(row.key(), packagePrefix.length);
            assertArrayEquals(StoreKeys.packageVersion(row.scope(), row.version()), versionPrefix);
            assertEquals(row.version(), StoreKeys.lastText(versionPrefix, packagePrefix.length));
            byte[] groupPrefix = StoreKeys.oneTextMore(row.key(), versionPrefix.length);
            assertArrayEquals(row.group(), groupPrefix);
            assertEquals(row.audience(), StoreKeys.lastText(groupPrefix, versionPrefix.length));
        }
    }

    @Test
    void audiencesLieInTheOrderOfTheirText() {
        Scope scope = Scope.ofPublic(new PackageKey(Ecosystem.NPM, "a"));

        for (String a : AUDIENCES) {
            for (String b : AUDIENCES) {
                byte[] afterA = StoreKeys.afterAll(StoreKeys.group(scope, "1", a));
                assertEquals(
                        a.compareTo(b) < 0,
                        Arrays.compareUnsigned(StoreKeys.group(scope, "1", b), afterA) >= 0,
                        a + " " + b);
            }
        }
    }

    @Test
    void anInternalPackageIsNoPartOfThePublicOne() {
        PackageKey packageKey = new PackageKey(Ecosystem.NPM, "a");

        assertTrue(!isWithin(
                StoreKeys.packageVersion(new Scope("npm.example.com", packageKey), "1"),
                StoreKeys.fetchedPackage(Scope.ofPublic(packageKey))));
    }

    private static boolean isWithin(byte[] key, byte[] prefix) {
        return Arrays.compareUnsigned(key, prefix) >= 0 && Arrays.compareUnsigned(key, StoreKeys.afterAll(prefix)) < 0;
    }

    private static List<Row> randomRows(int count) {
        Random random = new Random(20260417);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new Row(
                    new Scope(
                            random.nextInt(4) == 0 ? "npm.example.com" : "",
                            new PackageKey(Ecosystem.NPM, pick(random, NAMES))),
                    pick(random, VERSIONS),
                    pick(random, AUDIENCES),
                    pick(random, TIMES),
                    "event-" + i));
        }
        return rows;
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    @Test
    void theKeyOfADownloadTellsItsGroup() {
        // Given
        Scope scope = new Scope("npm.example.com", new PackageKey(Ecosystem.NPM, "event-stream"));
        byte[] key = StoreKeys.receipt(
                StoreKeys.group(scope, "1.0.0", "org:a"), Instant.parse("2026-04-15T08:30:00Z"), "e1", 7);

        // When
        StoreKeys.DownloadKey parsed = StoreKeys.DownloadKey.parse(key);

        // Then
        assertEquals(
                new StoreKeys.DownloadKey(StoreKeys.group(scope, "1.0.0", "org:a").length, "1.0.0", "org:a"), parsed);
        byte[] group = Arrays.copyOf(key, parsed.groupLength() + Long.BYTES);
        assertThrows(IllegalArgumentException.class, () -> StoreKeys.DownloadKey.parse(group));
        assertThrows(IllegalArgumentException.class, () -> StoreKeys.DownloadKey.parse(new byte[] {1, 0, 2, 0}));
    }

    @Test
    void rowsOfOneDownloadLieTogetherInTheOrderInWhichItWasToldOf() {
        byte[] group = StoreKeys.group(Scope.ofPublic(new PackageKey(Ecosystem.NPM, "a")), "1.0.0", "org:a");
        Instant at = Instant.parse("2026-04-15T08:30:00Z");
        byte[] ofBefore = Arrays.copyOf(StoreKeys.receipt(group, at, "e1", 0), group.length + Long.BYTES + 2);
        List<byte[]> inOrder = List.of(
                StoreKeys.receipt(group, at.plusMillis(1), "e1", 3),
                StoreKeys.receipt(group, at, "e", 9),
                ofBefore,
                StoreKeys.receipt(group, at, "e1", 0),
                StoreKeys.receipt(group, at, "e1", 255),
                StoreKeys.receipt(group, at, "e1", Long.MAX_VALUE),
                StoreKeys.receipt(group, at, "e10", 1),
                StoreKeys.receipt(group, at.minusMillis(1), "e1", 2),
                StoreKeys.trimmed(group));

        assertEquals(inOrder, inOrder.stream().sorted(Arrays::compareUnsigned).toList());
        for (int i = 0; i < inOrder.size(); i++) {
            for (int j = 0; j < inOrder.size(); j++) {
                boolean both = i == j || (i >= 2 && i <= 5 && j >= 2 && j <= 5);
                assertEquals(both, StoreKeys.isSameDownload(inOrder.get(i), inOrder.get(j), group.length), i + " " + j);
            }
        }
        assertEquals("e1", StoreKeys.eventIdIn(ofBefore, group.length));
    }
}
