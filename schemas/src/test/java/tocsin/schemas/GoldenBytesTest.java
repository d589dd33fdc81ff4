package tocsin.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.io.JsonEncoder;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tocsin.schemas.avro.Principal;

/**
 * The files in {@code schemas/golden} let a producer in any language check itself: a value in Avro's JSON form and the exact
 * bytes it must become. {@code -Dtocsin.golden.write=true} writes them anew, which is right only before a schema is released.
 */
class GoldenBytesTest {

    private static final Path GOLDEN = Path.of("golden");
    private static final ObjectMapper JSON = new ObjectMapper();

    static List<SpecificRecord> messages() {
        return SampleMessages.all();
    }

    @ParameterizedTest
    @MethodSource("messages")
    void encodesToTheGoldenBytesAndBack(SpecificRecord message) throws IOException {
        // Given
        Path file = GOLDEN.resolve(message.getSchema().getName() + ".json");
        MessageCodec<SpecificRecord> codec = codecOf(message);
        if (Boolean.getBoolean("tocsin.golden.write")) {
            Files.writeString(file, golden(message, codec));
        }
        JsonNode golden = JSON.readTree(Files.readString(file));

        // When
        byte[] encoded = codec.encode(message);

        // Then
        assertEquals(
                golden.get("bytes").textValue(), HexFormat.of().withUpperCase().formatHex(encoded));
        assertEquals(golden.get("prefix").textValue(), codec.prefixHex());
        assertEquals(golden.get("value"), avroJson(message));
        assertEquals(
                message,
                codec.decode(HexFormat.of().parseHex(golden.get("bytes").textValue())));
    }

    /** Producers in other languages copy the ten bytes from the page. */
    @ParameterizedTest
    @MethodSource("messages")
    void theEventsPageTellsTheTruePrefix(SpecificRecord message) throws IOException {
        String page = Files.readString(Path.of("../docs/events.md"));
        String name = message.getSchema().getName();

        // A principal never travels alone.
        if (!(message instanceof Principal)) {
            assertTrue(page.contains("| `" + name + "` | `" + codecOf(message).prefixHex() + "` |"), name);
        }
    }

    @SuppressWarnings("unchecked") // a generated record's class is the class of its codec
    static MessageCodec<SpecificRecord> codecOf(SpecificRecord message) {
        return (MessageCodec<SpecificRecord>) MessageCodec.of(message.getClass());
    }

    private static String golden(SpecificRecord message, MessageCodec<SpecificRecord> codec) throws IOException {
        ObjectNode node = JSON.createObjectNode();
        node.put("message", message.getSchema().getFullName());
        node.put("prefix", codec.prefixHex());
        node.set("value", avroJson(message));
        node.put("bytes", HexFormat.of().withUpperCase().formatHex(codec.encode(message)));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n";
    }

    private static JsonNode avroJson(SpecificRecord message) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        JsonEncoder encoder = EncoderFactory.get().jsonEncoder(message.getSchema(), out);
        new SpecificDatumWriter<>(message.getSchema()).write(message, encoder);
        encoder.flush();
        return JSON.readTree(out.toByteArray());
    }
}
