package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChartOptionsTest {

    @TempDir
    private Path folder;

    @Test
    void takesTheServicesOptionsAndMemory() throws IOException {
        // Given
        Path values = Files.writeString(folder.resolve("values.yaml"), """
            advisoryMatcher:
              jvmOptions: -Xmx1g
            downloadTracker:
              jvmOptions: -XX:+UseG1GC -XX:MaxRAMPercentage=65
              resources:
                limits: {memory: 1536Mi}
            """);

        // Then
        assertEquals(
                List.of("-XX:MaxRAM=1536M", "-XX:+UseG1GC", "-XX:MaxRAMPercentage=65"),
                ChartOptions.of(values, "downloadTracker"));
    }

    @Test
    void measuresNothingByGuessedOptions() throws IOException {
        // Given
        Path values = Files.writeString(folder.resolve("values.yaml"), "downloadTracker: {jvmOptions: -Xmx1g}\n");

        // Then
        assertThrows(IllegalStateException.class, () -> ChartOptions.of(values, "downloadTracker"));
    }

    @Test
    void takesWhatElseTheChartSaysOfTheService() throws IOException {
        Path values = Files.writeString(
                folder.resolve("values.yaml"), "advisoryMatcher: {rocksdbMemory: \"536870912\", kafka: {a: 1}}\n");

        assertEquals("536870912", ChartOptions.value(values, "advisoryMatcher", "rocksdbMemory"));
        assertThrows(IllegalStateException.class, () -> ChartOptions.value(values, "downloadTracker", "rocksdbMemory"));
        assertThrows(IllegalStateException.class, () -> ChartOptions.value(values, "advisoryMatcher", "kafka"));
    }

    /** A heap that grows with the load makes a promise of constant memory a matter of luck, and a collector that is not named depends on the container. */
    @ParameterizedTest
    @CsvSource({"downloadTracker, G1", "webhookSender, Parallel"})
    void theChartsHeapHasOneSizeAndItsCollectorAName(String service, String collector) {
        List<String> options = ChartOptions.of(TrackerServer.home().resolve("deploy/helm/tocsin/values.yaml"), service);

        assertTrue(
                options.containsAll(List.of(
                        "-XX:MaxRAM=1G",
                        "-XX:InitialRAMPercentage=65",
                        "-XX:MaxRAMPercentage=65",
                        "-XX:+Use" + collector + "GC")),
                options.toString());
    }
}
