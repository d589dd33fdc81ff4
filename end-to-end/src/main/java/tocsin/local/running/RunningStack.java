package tocsin.local.running;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a stack that was left running tells of itself in a file, so that other commands find it. Holds no secret.
 *
 * @param pid process that the stack lives in
 * @param addresses by name, for people and scripts
 */
public record RunningStack(long pid, String bootstrapServers, Map<String, String> addresses) {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    public RunningStack {
        addresses = Map.copyOf(addresses);
    }

    /** @return empty if there is no such file, or the process that wrote it is gone */
    public static Optional<RunningStack> read(Path file) {
        try {
            RunningStack stack = JSON.readValue(Files.readAllBytes(file), RunningStack.class);
            boolean alive =
                    ProcessHandle.of(stack.pid).map(ProcessHandle::isAlive).orElse(false);
            return alive ? Optional.of(stack) : Optional.empty();
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            throw new Complaint(
                    file + " is no description of a running stack; remove it, or name a broker with --bootstrap", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** Whole or not at all, whoever reads meanwhile. */
    public void write(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.writeString(next, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(sorted()) + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private Map<String, Object> sorted() {
        Map<String, Object> fields = new java.util.LinkedHashMap<>();
        fields.put("pid", pid);
        fields.put("bootstrapServers", bootstrapServers);
        fields.put("addresses", new TreeMap<>(addresses));
        return fields;
    }
}
