package tocsin.matcher.osv;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import tocsin.schemas.avro.AdvisoryKind;

/**
 * Tells malware from vulnerabilities, which OSV itself has no field for. Malware is what has a {@code MAL-} id or alias, what
 * feeds call malware in {@code type}, {@code kind} or {@code category} of {@code database_specific} (or of an object right
 * inside it, where feeds nest their own), and what is classified as CWE-506, Embedded Malicious Code.
 */
final class Kinds {

    private static final String EMBEDDED_MALICIOUS_CODE = "CWE-506";

    private Kinds() {}

    static AdvisoryKind of(JsonNode root, List<JsonNode> affected, Stream<String> ids) {
        boolean malware = ids.anyMatch(id -> id.startsWith("MAL-"))
                || Stream.concat(Stream.of(root), affected.stream())
                        .map(node -> node.path("database_specific"))
                        .anyMatch(Kinds::saysMalware);
        return malware ? AdvisoryKind.MALWARE : AdvisoryKind.VULNERABILITY;
    }

    private static boolean saysMalware(JsonNode databaseSpecific) {
        return isCalledMalware(databaseSpecific)
                || databaseSpecific.valueStream().anyMatch(Kinds::isCalledMalware)
                || isClassifiedMalicious(databaseSpecific);
    }

    private static boolean isCalledMalware(JsonNode node) {
        return Stream.of("type", "kind", "category")
                .anyMatch(field -> "malware".equalsIgnoreCase(node.path(field).textValue()));
    }

    private static boolean isClassifiedMalicious(JsonNode databaseSpecific) {
        return databaseSpecific
                        .path("cwe_ids")
                        .valueStream()
                        .anyMatch(id -> EMBEDDED_MALICIOUS_CODE.equals(id.textValue()))
                || databaseSpecific
                        .path("cwes")
                        .valueStream()
                        .anyMatch(cwe ->
                                EMBEDDED_MALICIOUS_CODE.equals(cwe.path("cweId").textValue()));
    }
}
