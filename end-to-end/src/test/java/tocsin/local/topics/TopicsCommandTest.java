package tocsin.local.topics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.local.CommandRun;
import tocsin.schemas.Topics;
import tocsin.testsupport.KafkaBroker;

/** On a broker that creates no topic by itself. */
class TopicsCommandTest {

    private static final AtomicInteger TESTS = new AtomicInteger();

    private static KafkaBroker broker;

    /** Each test has topics of its own. */
    private final String prefix = "test-" + TESTS.incrementAndGet() + ".";

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void showsWhatItWouldDoAndThenDoesItOnce() {
        // When
        CommandRun planned = topics("plan");
        CommandRun applied = topics("apply");
        CommandRun plannedAgain = topics("plan");
        CommandRun appliedAgain = topics("apply");

        // Then
        long there = planned.out().lines().count() - 1;
        assertTrue(there > Topics.all().size(), planned.out());
        assertTrue(
                planned.out()
                        .contains("create  %-45s 6 partitions, 1 replica(s)\n".formatted(prefix + "download.recorded")),
                planned.out());
        assertTrue(planned.out().endsWith(there + " to create, 0 to change, 0 refused.\n"), planned.out());
        assertTrue(applied.out().endsWith(there + " to create, 0 to change, 0 refused: done.\n"), applied.out());
        assertEquals("Nothing to do.\n", plannedAgain.out());
        assertEquals("Nothing to do.\n", appliedAgain.out());
        assertEquals(0, appliedAgain.exitCode());
    }

    @Test
    void mendsWhatIsHarmless() {
        // Given
        topics("apply");
        broker.createTopic(prefix + "another", 1);

        // When
        CommandRun grown = topics(
                "apply",
                "--file",
                changed("(name: webhook.requested\\s+key: endpoint id\\s+partitions: \\{dev: )6", "$18"));
        CommandRun agreed = topics(
                "apply",
                "--add-partitions",
                "--file",
                changed("(name: webhook.requested\\s+key: endpoint id\\s+partitions: \\{dev: )6", "$18"));

        // Then
        assertEquals("""
                leave   %-45s has 6 partitions, the file says 8: --add-partitions adds them
                Nothing to do.
                """.formatted(prefix + "webhook.requested"), grown.out());
        assertEquals("""
                add     %-45s partitions: 6 -> 8
                0 to create, 1 to change, 0 refused: done.
                """.formatted(prefix + "webhook.requested"), agreed.out());
    }

    @Test
    void doesNothingAtAllWhereSomethingWouldBreakState() {
        // Given: the matcher's input exists with other partitions, the rest not at all
        broker.createTopic(prefix + "download.recorded", 5);

        // When
        CommandRun applied = topics("apply", "--add-partitions", "--may-delete");

        // Then
        assertEquals(1, applied.exitCode());
        assertTrue(applied.out().startsWith("REFUSE  " + prefix + "download.recorded"), applied.out());
        assertTrue(applied.out().contains("the matcher's state is laid out by them"), applied.out());
        assertTrue(applied.out().endsWith("1 refused: nothing was done.\n"), applied.out());
        assertTrue(topics("plan").out().contains("create  " + prefix + "download.observed"));
    }

    @Test
    void deletesNothingUnasked() {
        // Given
        topics("apply");
        String shorter = changed("\"1209600000\"", "\"1000\"");

        // When
        CommandRun unasked = topics("apply", "--file", shorter);
        CommandRun agreed = topics("apply", "--file", shorter, "--may-delete");

        // Then
        assertEquals(1, unasked.exitCode());
        assertTrue(unasked.out().contains("records that are kept now would be deleted"), unasked.out());
        assertEquals(0, agreed.exitCode());
        assertTrue(agreed.out().contains("retention.ms: 1209600000 -> 1000"), agreed.out());
    }

    @Test
    void refusesMoreReplicasThanBrokers() {
        CommandRun run = topics("apply", "--replicas", "3");

        assertEquals(1, run.exitCode());
        assertEquals("--replicas 3: the cluster has 1 broker(s)\n", run.err());
        assertFalse(topics("plan").out().contains("Nothing to do"));
    }

    private String changed(String right, String other) {
        try {
            String text = Files.readString(Path.of("../deploy/topics.yaml"));
            Path file = folder.resolve("topics.yaml");
            Files.writeString(file, text.replaceFirst(right, other));
            return file.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CommandRun topics(String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                command, "--bootstrap", broker.bootstrapServers(), "--topic-prefix", prefix, "--profile", "dev"));
        all.addAll(List.of(arguments));
        return CommandRun.of(new TopicsCommand(), all.toArray(String[]::new));
    }
}
