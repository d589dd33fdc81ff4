package tocsin.matcher.osv;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.Severity;
import us.springett.cvss.Cvss;
import us.springett.cvss.CvssV2;

/**
 * How bad an advisory is for one package. Malware is critical, since feeds do not rate it. Otherwise a reviewer's word in
 * {@code database_specific.severity} counts before the CVSS vectors; of several the worst. For one record, of which each vector is rated once: to
 * rate one takes as long as to read a record, and a record may name thousands of packages.
 */
final class Severities {

    private static final int MAX_RATINGS = 10;
    private static final int MAX_VECTORS = 100;
    private static final int MAX_VECTOR_LENGTH = 512;

    private final AdvisoryKind kind;
    private final JsonNode root;
    private final Map<String, Optional<Severity>> rated = new HashMap<>();

    Severities(AdvisoryKind kind, JsonNode root) {
        this.kind = kind;
        this.root = root;
    }

    /** @param affectedEntries of one package */
    Severity of(List<JsonNode> affectedEntries) {
        if (kind == AdvisoryKind.MALWARE) {
            return Severity.CRITICAL;
        }
        List<JsonNode> rated =
                Stream.concat(Stream.of(root), affectedEntries.stream()).toList();
        return worst(rated.stream().flatMap(node -> word(node).stream()))
                .or(() -> worst(rated.stream().flatMap(node -> scores(node))))
                .orElse(Severity.UNKNOWN);
    }

    private static Optional<Severity> worst(Stream<Severity> severities) {
        return severities.max(Comparator.naturalOrder());
    }

    private static Optional<Severity> word(JsonNode node) {
        return Json.textIfAny(node.path("database_specific"), "severity")
                .flatMap(word -> switch (word.toUpperCase(Locale.ROOT)) {
                    case "CRITICAL" -> Optional.of(Severity.CRITICAL);
                    case "HIGH" -> Optional.of(Severity.HIGH);
                    case "MODERATE", "MEDIUM" -> Optional.of(Severity.MEDIUM);
                    case "LOW" -> Optional.of(Severity.LOW);
                    default -> Optional.empty();
                });
    }

    private Stream<Severity> scores(JsonNode node) {
        return node.path("severity")
                .valueStream()
                .limit(MAX_RATINGS)
                .flatMap(rating -> Json.textIfAny(rating, "score").stream())
                .flatMap(vector -> rated(vector).stream());
    }

    private Optional<Severity> rated(String vector) {
        Optional<Severity> known = rated.get(vector);
        if (known != null) {
            return known;
        }
        Optional<Severity> severity = rated.size() < MAX_VECTORS ? ofVector(vector) : Optional.empty();
        rated.put(vector, severity);
        return severity;
    }

    /** The qualitative rating scales of CVSS: v2 knows no critical, and a score of 0 is still a rating. */
    private static Optional<Severity> ofVector(String vector) {
        if (vector.length() > MAX_VECTOR_LENGTH) {
            return Optional.empty();
        }
        try {
            Cvss cvss = Cvss.fromVector(vector);
            return cvss == null ? Optional.empty() : Optional.of(rated(cvss));
        } catch (RuntimeException _) {
            // Not only the library's own exception: a metric without value makes it read past the end of a text. An
            // unrated advisory rings as well; only its word is missing.
            return Optional.empty();
        }
    }

    private static Severity rated(Cvss cvss) {
        double score = cvss.calculateScore().getBaseScore();
        if (score >= 9.0 && !(cvss instanceof CvssV2)) {
            return Severity.CRITICAL;
        }
        if (score >= 7.0) {
            return Severity.HIGH;
        }
        return score >= 4.0 ? Severity.MEDIUM : Severity.LOW;
    }
}
