package tocsin.schemas;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParser;

/**
 * The schemas that were ever released, from {@code schemas/released}. A writer of any of them is still understood, so they
 * are never edited and never removed; {@code index.txt} lists them as {@code <release>/<Name>.avsc}.
 */
final class ReleasedSchemas {

    private static final String FOLDER = "/released/";

    private ReleasedSchemas() {}

    /** @return every released schema of the message, oldest first; empty if it was never released. */
    static List<Schema> of(String messageName) {
        return index().stream()
                .filter(path -> path.endsWith("/" + messageName + ".avsc"))
                .map(ReleasedSchemas::parse)
                .toList();
    }

    static List<String> index() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(open("index.txt"), StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> !line.isBlank()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("reading the index of released schemas failed", e);
        }
    }

    private static Schema parse(String path) {
        try (InputStream in = open(path)) {
            return new SchemaParser().parse(in).mainSchema();
        } catch (IOException e) {
            throw new UncheckedIOException("reading released schema " + path + " failed", e);
        }
    }

    private static InputStream open(String path) {
        InputStream in = ReleasedSchemas.class.getResourceAsStream(FOLDER + path);
        if (in == null) {
            throw new IllegalStateException("released schema is missing from the jar: " + path);
        }
        return in;
    }
}
