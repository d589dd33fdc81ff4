package tocsin.local.shiplog;

import java.util.Locale;
import java.util.Optional;

/** The logs that are understood, by their name on the command line. */
enum LogFormat {
    VERDACCIO,
    NGINX,
    NEXUS,
    ARTIFACTORY;

    /** Verdaccio's request lines carry all headers; nothing that we need is near it. */
    static final int MAX_LINE = 256 * 1024;

    /** What {@code source_kind} is unless told otherwise. */
    Optional<String> kind() {
        return switch (this) {
            case VERDACCIO, NEXUS, ARTIFACTORY -> Optional.of(toString());
            // Stands before any registry, so the kind must be told.
            case NGINX -> Optional.empty();
        };
    }

    private LogLine readWhole(String line) {
        return switch (this) {
            case VERDACCIO -> VerdaccioReader.read(JsonLine.parse(line));
            case NGINX -> NginxReader.read(JsonLine.parse(line));
            case NEXUS -> NexusReader.read(line);
            case ARTIFACTORY -> ArtifactoryReader.read(line);
        };
    }

    /** Never throws: a log is a stranger's text. */
    LogLine read(String line) {
        if (line.isBlank()) {
            return new LogLine.Ignored();
        }
        if (line.length() > MAX_LINE) {
            return new LogLine.Bad("too long");
        }
        try {
            return readWhole(line);
        } catch (IllegalArgumentException e) {
            return new LogLine.Bad(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
