package tocsin.local.shiplog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;

/** What {@code deploy/fluent-bit} makes of a line, in a folder of its own, run by LuaJIT as Fluent Bit calls it. */
record FluentBitFilter(Path folder) {

    static final Path SOURCES = Path.of("../deploy/fluent-bit");

    /** With the settings that are in the repository. */
    static FluentBitFilter copiedTo(Path parent) throws IOException {
        FluentBitFilter copy = new FluentBitFilter(Files.createTempDirectory(parent, "fluent-bit"));
        for (String file : List.of("tocsin.lua", "sha256.lua", "json.lua", "logs.lua")) {
            Files.copy(SOURCES.resolve(file), copy.folder.resolve(file));
        }
        return copy;
    }

    /** With these settings for every log. */
    FluentBitFilter with(String settings) throws IOException {
        return withLogs(Arrays.stream(LogFormat.values())
                .map(format -> format + " = { format = '" + format + "', " + settings + " }")
                .collect(Collectors.joining(",\n")));
    }

    FluentBitFilter withLogs(String logs) throws IOException {
        Files.writeString(folder.resolve("logs.lua"), "return { " + logs + " }");
        return this;
    }

    /** Skips the test where there is no LuaJIT. */
    ProcessBuilder luajit() {
        Assumptions.assumeTrue(isFound("luajit"), "luajit is not found: the filter for Fluent Bit is not run");
        return new ProcessBuilder(
                "luajit", "src/test/lua/ship.lua", folder.resolve("tocsin.lua").toString());
    }

    /** @return for each line its key and its JSON with a tab between them, or a hyphen where nothing is sent */
    List<String> ship(List<LogSample> lines) throws IOException {
        Path input = Files.writeString(
                folder.resolve("lines"),
                lines.stream()
                        .map(sent -> sent.format() + "\t" + sent.line() + "\n")
                        .collect(Collectors.joining()));
        Path said = folder.resolve("said");
        Process lua = luajit().redirectInput(input.toFile())
                .redirectError(said.toFile())
                .start();
        List<String> answers =
                new String(lua.getInputStream().readAllBytes(), UTF_8).lines().toList();
        String complaints = Files.readString(said);
        assertEquals(lines.size(), answers.size(), complaints);
        assertFalse(complaints.contains("SECRET") || complaints.contains("jane"), complaints);
        return answers;
    }

    static boolean isFound(String command) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }
}
