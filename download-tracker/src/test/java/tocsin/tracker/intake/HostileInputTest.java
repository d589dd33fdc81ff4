package tocsin.tracker.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import tocsin.tracker.Samples;
import tocsin.tracker.intake.Reading.Unkeepable;
import tocsin.tracker.intake.Reading.Unreadable;

/** Whatever the bytes, reading ends in one of its outcomes, never in an exception, and the reason never repeats them. */
class HostileInputTest {

    private static final Instant RECEIVED_AT = Samples.FETCHED_AT.plusSeconds(2);
    private static final String MARK = "npm_rAwToKeN";

    private final ObservationReader reader = new ObservationReader();

    @Property(tries = 20_000)
    void damagedAvroEndsInAnOutcome(@ForAll("damages") List<Damage> damages) {
        assertOutcome(damaged(Samples.encoded(Samples.observed()), damages), WireForm.AVRO);
    }

    @Property(tries = 10_000)
    void damagedJsonEndsInAnOutcome(@ForAll("damages") List<Damage> damages, @ForAll WireForm form) {
        byte[] json = """
                {"specversion": "1.0", "type": "tocsin.download.observed", "id": "1", "source": "p", "time": "2026-04-15T08:30:00Z",
                 "data": {"source_kind": "npm-registry", "request": {"method": "GET", "path": "/a/-/a-1.0.0.tgz", "status": 200}}}""".getBytes(UTF_8);
        assertOutcome(damaged(json, damages), form);
    }

    @Property(tries = 10_000)
    void anyJsonEndsInAnOutcome(@ForAll("jsonTexts") String json, @ForAll WireForm form) {
        assertOutcome(json.getBytes(UTF_8), form);
    }

    @Property(tries = 10_000)
    void anyBytesEndInAnOutcome(@ForAll byte[] bytes, @ForAll WireForm form) {
        assertOutcome(bytes, form);
    }

    private void assertOutcome(byte[] value, WireForm form) {
        String reason = switch (reader.read(value, form, RECEIVED_AT)) {
            case Unreadable(String why) -> why;
            case Unkeepable(String why) -> why;
            case Reading.Observed _ -> "";
        };
        assertFalse(reason.contains(MARK), reason);
    }

    /** One byte set to another value, or everything from there on cut off, or a piece put in there twice. */
    record Damage(int kind, int at, byte value) {}

    private static byte[] damaged(byte[] whole, List<Damage> damages) {
        byte[] bytes = whole.clone();
        for (Damage damage : damages) {
            if (bytes.length == 0) {
                return bytes;
            }
            int at = damage.at() % bytes.length;
            switch (damage.kind()) {
                case 0 -> bytes[at] = damage.value();
                case 1 -> bytes = Arrays.copyOf(bytes, at);
                default -> {
                    byte[] longer = Arrays.copyOf(bytes, bytes.length + at);
                    System.arraycopy(bytes, 0, longer, bytes.length, at);
                    bytes = longer;
                }
            }
        }
        return bytes;
    }

    @Provide
    Arbitrary<List<Damage>> damages() {
        return Combinators.combine(
                        Arbitraries.frequency(Tuple.of(10, 0), Tuple.of(1, 1), Tuple.of(1, 2)),
                        Arbitraries.integers().between(0, 10_000),
                        Arbitraries.bytes())
                .as(Damage::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(8);
    }

    /** Our field names with any values, nested anyhow. */
    @Provide
    Arbitrary<String> jsonTexts() {
        Arbitrary<String> names = Arbitraries.of(
                "event_id",
                "source",
                "source_kind",
                "fetched_at",
                "ecosystem",
                "package_name",
                "version",
                "request",
                "origin_registry",
                "org_id",
                "principal",
                "token_id",
                "method",
                "path",
                "status",
                "bytes",
                "type",
                "id",
                "data",
                "specversion",
                "time",
                "x");
        Arbitrary<String> leaves = Arbitraries.of(
                "null",
                "true",
                "7",
                "-1",
                "1e999",
                "99999999999999999999999999",
                "1776241800000",
                "\"\"",
                "\"npm\"",
                "\"pypi\"",
                "\"1.0\"",
                "\"verdaccio\"",
                "\"GET\"",
                "\"/a/-/a-1.tgz\"",
                "\"" + MARK + "\"",
                "\"2026-04-15T08:30:00Z\"",
                "\"+1000000000-12-31T23:59:59Z\"",
                "\"\\ud800\"",
                "\"\\u0000\"",
                "\"tocsin.download.observed\"",
                "[]",
                "{}");
        return Arbitraries.recursive(
                () -> leaves,
                inner -> Combinators.combine(names, inner)
                        .as((name, value) -> "\"" + name + "\":" + value)
                        .list()
                        .uniqueElements(field -> field.substring(0, field.indexOf(':')))
                        .ofMaxSize(8)
                        .map(fields -> "{" + String.join(",", fields) + "}"),
                1,
                3);
    }
}
