package tocsin.matcher.version;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import tocsin.schemas.Ecosystem;

/** Assertions on orders, both ways round. */
final class Orders {

    private Orders() {}

    static void assertAscending(Ecosystem ecosystem, List<String> texts) {
        List<Version> versions =
                texts.stream().map(text -> parse(ecosystem, text)).toList();
        for (int i = 0; i < versions.size(); i++) {
            for (int j = 0; j < versions.size(); j++) {
                assertEquals(
                        Integer.signum(Integer.compare(i, j)),
                        Integer.signum(versions.get(i).compareTo(versions.get(j))),
                        texts.get(i) + " to " + texts.get(j));
            }
        }
    }

    static void assertEqual(Ecosystem ecosystem, String a, String b) {
        Version first = parse(ecosystem, a);
        Version second = parse(ecosystem, b);
        assertEquals(0, first.compareTo(second));
        assertEquals(0, second.compareTo(first));
        assertEquals(first, second);
        assertEquals(first.hashCode(), second.hashCode());
    }

    private static Version parse(Ecosystem ecosystem, String text) {
        return Version.parse(ecosystem, text).orElseThrow(() -> new AssertionError("not read: " + text));
    }
}
