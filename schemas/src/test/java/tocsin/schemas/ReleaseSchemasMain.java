package tocsin.schemas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaFormatter;
import org.apache.avro.specific.SpecificRecord;

/** Writes the current schemas to {@code released/<release>}, each whole in itself, and lists them; see {@code README.md}. */
final class ReleaseSchemasMain {

    private ReleaseSchemasMain() {}

    /** @param args the folder {@code released} and the release, for instance {@code 0.1.0}; an existing release is not touched. */
    public static void main(String[] args) throws IOException {
        Path released = Path.of(args[0]);
        Path folder = Files.createDirectory(released.resolve(args[1]));
        List<Schema> schemas = SampleMessages.all().stream()
                .map(SpecificRecord::getSchema)
                .sorted(Comparator.comparing(Schema::getName))
                .toList();
        for (Schema schema : schemas) {
            Files.writeString(
                    folder.resolve(schema.getName() + ".avsc"), SchemaFormatter.format("json/pretty", schema) + "\n");
        }
        Path index = released.resolve("index.txt");
        List<String> lines = Stream.concat(
                        Files.readAllLines(index).stream(),
                        schemas.stream().map(schema -> args[1] + "/" + schema.getName() + ".avsc"))
                .toList();
        Files.write(index, lines);
    }
}
