package tocsin.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A released schema is a promise: old and new services run side by side in a rolling upgrade, and records wait for weeks. */
class ReleasedSchemasTest {

    private static final Path RELEASED = Path.of("released");

    static Stream<Schema> currentSchemas() {
        return SampleMessages.all().stream().map(SpecificRecord::getSchema);
    }

    @ParameterizedTest
    @MethodSource("currentSchemas")
    void newReadsOldAndOldReadsNew(Schema current) {
        List<Schema> released = ReleasedSchemas.of(current.getName());

        assertFalse(released.isEmpty(), current.getName() + " was never released: add it to schemas/released");
        for (Schema old : released) {
            assertCompatible(current, old);
            assertCompatible(old, current);
        }
    }

    /** The fingerprint leaves logical types out: a change of one alone would be read wrongly without any error. */
    @ParameterizedTest
    @MethodSource("currentSchemas")
    void sameFingerprintMeansSameLogicalTypes(Schema current) {
        for (Schema old : ReleasedSchemas.of(current.getName())) {
            if (SchemaNormalization.parsingFingerprint64(old) == SchemaNormalization.parsingFingerprint64(current)) {
                assertEquals(logicalTypes(old), logicalTypes(current), current.getName());
            }
        }
    }

    @Test
    void theIndexNamesEveryReleasedFile() throws IOException {
        try (Stream<Path> files = Files.walk(RELEASED)) {
            List<String> onDisk = files.filter(f -> f.toString().endsWith(".avsc"))
                    .map(f -> RELEASED.relativize(f).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
            assertEquals(onDisk, ReleasedSchemas.index().stream().sorted().toList());
        }
    }

    @ParameterizedTest
    @MethodSource("currentSchemas")
    void everyFieldHasADoc(Schema schema) {
        assertFalse(schema.getDoc() == null || schema.getDoc().isBlank(), schema.getName());
        for (Schema.Field field : schema.getFields()) {
            assertFalse(field.doc() == null || field.doc().isBlank(), schema.getName() + "." + field.name());
        }
    }

    private static void assertCompatible(Schema reader, Schema writer) {
        var compatibility = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        assertEquals(
                SchemaCompatibilityType.COMPATIBLE,
                compatibility.getType(),
                () -> reader.getName() + ": " + compatibility.getResult().getIncompatibilities());
    }

    private static List<String> logicalTypes(Schema schema) {
        return switch (schema.getType()) {
            case RECORD ->
                schema.getFields().stream()
                        .flatMap(field -> logicalTypes(field.schema()).stream().map(type -> field.name() + "." + type))
                        .toList();
            case ARRAY -> logicalTypes(schema.getElementType());
            case UNION ->
                schema.getTypes().stream()
                        .flatMap(type -> logicalTypes(type).stream())
                        .toList();
            case MAP -> logicalTypes(schema.getValueType());
            default -> {
                LogicalType type = schema.getLogicalType();
                yield List.of(type == null ? "none" : type.getName());
            }
        };
    }
}
