package tocsin.matcher.osv;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tocsin.matcher.osv.OsvAdvisory.AffectedPackage;
import tocsin.matcher.osv.OsvAdvisory.Flaw;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryKind;

/** Reads one OSV record. A pure function of its text. */
public final class OsvParser {

    private static final int MAX_ALIASES = 200;
    private static final int MAX_AFFECTED = 5000;
    private static final int MAX_REFERENCES = 10_000;

    /** Also keeps blanks out, which separate the parts of record keys, and slashes, which make an address of it. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");

    private OsvParser() {}

    public static OsvReading parse(String json) {
        try {
            return new OsvReading.Read(advisory(Json.parseObject(json)));
        } catch (UnreadableOsvException e) {
            return new OsvReading.Unreadable(e.reason());
        }
    }

    private static OsvAdvisory advisory(JsonNode root) {
        String id = Json.text(root, "id")
                .filter(text -> ID.matcher(text).matches())
                .orElseThrow(() -> new UnreadableOsvException(
                        "id is missing or is not 1 to 128 letters, digits and . _ : - signs"));
        Instant modified =
                Json.instant(root, "modified").orElseThrow(() -> new UnreadableOsvException("modified is missing"));
        Optional<Instant> withdrawn = Json.instant(root, "withdrawn");
        List<String> aliases = aliases(root, id);
        List<JsonNode> affected = Json.array(root, "affected", MAX_AFFECTED);
        AdvisoryKind kind = Kinds.of(root, affected, Stream.concat(Stream.of(id), aliases.stream()));

        List<Flaw> flaws = new ArrayList<>();
        Map<PackageKey, AffectedVersionsReader> readers = readers(affected, flaws);
        Severities severities = new Severities(kind, root);
        List<AffectedPackage> packages = new ArrayList<>();
        readers.forEach((packageKey, reader) -> {
            try {
                packages.add(reader.read(withdrawn.isPresent(), severities.of(reader.entries())));
                reader.leftOut()
                        .ifPresent(reason -> flaws.add(
                                new Flaw(Optional.of(packageKey), packageKey.text() + " but for a part: " + reason)));
            } catch (UnreadableOsvException e) {
                flaws.add(new Flaw(Optional.of(packageKey), packageKey.text() + ": " + e.reason()));
            }
        });

        return new OsvAdvisory(
                id,
                modified,
                Json.instant(root, "published").orElse(modified),
                withdrawn,
                aliases,
                kind,
                Texts.summary(root),
                Texts.url(id, Json.array(root, "references", MAX_REFERENCES)),
                packages,
                flaws);
    }

    private static List<String> aliases(JsonNode root, String id) {
        return Json.array(root, "aliases", MAX_ALIASES).stream()
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue)
                .filter(alias -> ID.matcher(alias).matches() && !alias.equals(id))
                .distinct()
                .toList();
    }

    /** One reader for each package of a known ecosystem, with all entries that name it. */
    private static Map<PackageKey, AffectedVersionsReader> readers(List<JsonNode> affected, List<Flaw> flaws) {
        Map<PackageKey, AffectedVersionsReader> readers = new LinkedHashMap<>();
        for (JsonNode entry : affected) {
            JsonNode named = entry.path("package");
            Optional<Ecosystem> ecosystem = Json.textIfAny(named, "ecosystem").flatMap(OsvParser::ecosystem);
            if (ecosystem.isEmpty()) {
                continue;
            }
            try {
                PackageKey packageKey = new PackageKey(
                        ecosystem.get(), Json.textIfAny(named, "name").orElse(""));
                readers.computeIfAbsent(packageKey, AffectedVersionsReader::new).add(entry);
            } catch (IllegalArgumentException e) {
                flaws.add(new Flaw(
                        Optional.empty(), "a package of " + ecosystem.get().osvName() + ": " + e.getMessage()));
            }
        }
        return readers;
    }

    /** Letter case and a suffix after a colon vary between feeds; neither tells two ecosystems apart that we know. */
    private static Optional<Ecosystem> ecosystem(String name) {
        String plain = name.split(":", 2)[0].strip().toLowerCase(Locale.ROOT);
        return Stream.of(Ecosystem.values())
                .filter(ecosystem ->
                        ecosystem.osvName().toLowerCase(Locale.ROOT).equals(plain))
                .findFirst();
    }
}
