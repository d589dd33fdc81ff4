package tocsin.dispatcher.payload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tocsin.dispatcher.incident.Advisory;
import tocsin.dispatcher.incident.AffectedRange;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.incident.Principal;
import tocsin.schemas.avro.PrincipalType;

/**
 * The data member of {@value #TYPE}: what the document shows, in its order, then our additions at the end of each object, where a reader of the
 * documented form does not look.
 *
 * @param fetchedVersions affected versions that the audience fetched
 * @param downloads newest first, at least one
 * @param truncated there are older downloads that would belong here
 * @param update empty for the first of an incident
 * @param more where what is left out can be found
 * @param drill of something that never happened
 */
public record BreachPayload(
        UUID notificationId,
        UUID incidentId,
        Advisory advisory,
        List<String> fetchedVersions,
        List<Download> downloads,
        boolean truncated,
        Optional<Update> update,
        Optional<MoreLink> more,
        boolean drill) {

    public static final String TYPE = "guard.malicious_package_detected";

    /** Leaves room for the rest of the message below what a broker takes. */
    static final int MAX_BYTES = 700_000;

    private static final JsonFactory JSON = new JsonFactory();

    public BreachPayload {
        fetchedVersions = List.copyOf(fetchedVersions);
        downloads = List.copyOf(downloads);
    }

    /**
     * One JSON object, never longer than a message may be: what does not fit goes without the advisory's ranges and the versions that nobody fetched;
     * if a thousand downloads with overlong names do not fit even then, the oldest are left out, no more than need be, and {@code truncated} says so.
     */
    public String json() {
        String whole = write(downloads, true);
        return fits(whole) ? whole : withoutTheLongPart();
    }

    /**
     * The same without the downloads, the versions and the feed's words: what a receiver needs to know that it must look, and where. The summary is over all
     * that the whole form would hold.
     */
    public String thinJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeBooleanField("thin", true);
            json.writeObjectFieldStart("advisory");
            json.writeStringField("advisory_id", advisory.id());
            json.writeStringField("ecosystem", advisory.packageKey().ecosystem().wireName());
            json.writeStringField("package_name", advisory.packageKey().name());
            json.writeStringField("severity", SeverityWord.of(advisory.severity()));
            json.writeStringField("published_at", Timestamps.text(advisory.publishedAt()));
            json.writeEndObject();
            writeSummary(json, Summary.of(downloads, truncated));
            if (more.isPresent()) {
                json.writeStringField("more_url", more.get().url(advisory.packageKey(), fetchedVersions));
            }
            writeIds(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text.toString();
    }

    private void writeIds(JsonGenerator json) throws IOException {
        if (drill) {
            json.writeBooleanField("drill", true);
        }
        json.writeStringField("notification_id", notificationId.toString());
        json.writeStringField("incident_id", incidentId.toString());
        if (update.isPresent()) {
            update.get().write(json);
        }
    }

    private String withoutTheLongPart() {
        String best = write(downloads, false);
        if (fits(best)) {
            return best;
        }
        // One download always fits: none of its texts is longer than a few hundred characters.
        int fitting = 1;
        best = write(downloads.subList(0, fitting), false);
        int tooMany = downloads.size();
        while (tooMany - fitting > 1) {
            int middle = (fitting + tooMany) / 2;
            String json = write(downloads.subList(0, middle), false);
            if (fits(json)) {
                fitting = middle;
                best = json;
            } else {
                tooMany = middle;
            }
        }
        return best;
    }

    private static boolean fits(String json) {
        return json.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }

    /** Empty only where all versions are affected, for that is what an empty list says. */
    private Set<String> affectedVersions(List<Download> sent, boolean wholeAdvisory) {
        Set<String> versions = new LinkedHashSet<>();
        if (!advisory.allVersions()) {
            if (wholeAdvisory) {
                versions.addAll(advisory.versions());
                versions.addAll(fetchedVersions);
            }
            sent.forEach(download -> versions.add(download.version()));
        }
        return versions;
    }

    private String write(List<Download> sent, boolean wholeAdvisory) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            writeAdvisory(json, affectedVersions(sent, wholeAdvisory), wholeAdvisory ? advisory.ranges() : List.of());
            json.writeArrayFieldStart("affected_downloads");
            for (Download download : sent) {
                writeDownload(json, download);
            }
            json.writeEndArray();
            Summary summary = Summary.of(sent, truncated || sent.size() < downloads.size());
            writeSummary(json, summary);
            if (summary.truncated() && more.isPresent()) {
                json.writeStringField(
                        "more_url", more.get().url(advisory.packageKey(), fetchedVersions, summary.earliest()));
            }
            writeIds(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text.toString();
    }

    private void writeAdvisory(JsonGenerator json, Set<String> versions, List<AffectedRange> ranges)
            throws IOException {
        json.writeObjectFieldStart("advisory");
        json.writeStringField("advisory_id", advisory.id());
        json.writeStringField("ecosystem", advisory.packageKey().ecosystem().wireName());
        json.writeStringField("package_name", advisory.packageKey().name());
        writeStrings(json, "affected_versions", versions);
        json.writeStringField("severity", SeverityWord.of(advisory.severity()));
        json.writeStringField("published_at", Timestamps.text(advisory.publishedAt()));
        json.writeStringField("reason", PlainText.oneLine(advisory.summary()));
        writeStrings(json, "aliases", advisory.aliases());
        Optional<String> url = advisory.url();
        if (url.isPresent()) {
            json.writeStringField("advisory_url", url.get());
        }
        json.writeArrayFieldStart("affected_ranges");
        for (AffectedRange range : ranges) {
            writeRange(json, range);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeRange(JsonGenerator json, AffectedRange range) throws IOException {
        json.writeStartArray();
        for (AffectedRange.Border border : range.borders()) {
            json.writeStartObject();
            json.writeStringField(border.kind(), border.version());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeDownload(JsonGenerator json, Download download) throws IOException {
        Principal principal = download.principal();
        json.writeStartObject();
        json.writeStringField("timestamp", Timestamps.text(download.fetchedAt()));
        json.writeStringField("version", download.version());
        json.writeStringField("principal_type", typeWord(principal.type()));
        json.writeStringField("principal_name", principal.name());
        if (principal.email().isPresent()) {
            json.writeStringField("principal_email", principal.email().get());
        }
        if (principal.repository().isPresent()) {
            json.writeStringField("repository", principal.repository().get());
        }
        // Names are not unique; and by its id alone a principal can be found again whose data must go.
        json.writeStringField("principal_id", principal.id());
        json.writeEndObject();
    }

    /** One of the document's four words; a kind that we do not know yet is nobody that we could name. */
    private static String typeWord(PrincipalType type) {
        return switch (type) {
            case HUMAN, CI_CD, ORG_TOKEN, ANONYMOUS -> type.name().toLowerCase(Locale.ROOT);
            case UNKNOWN -> "anonymous";
        };
    }

    private static void writeSummary(JsonGenerator json, Summary summary) throws IOException {
        json.writeObjectFieldStart("summary");
        json.writeNumberField("total_downloads", summary.totalDownloads());
        json.writeNumberField("unique_users", summary.uniqueUsers());
        json.writeNumberField("unique_org_tokens", summary.uniqueOrgTokens());
        json.writeNumberField("unique_repositories", summary.uniqueRepositories());
        json.writeStringField("earliest_download", Timestamps.text(summary.earliest()));
        json.writeStringField("latest_download", Timestamps.text(summary.latest()));
        json.writeBooleanField("truncated", summary.truncated());
        json.writeEndObject();
    }

    private static void writeStrings(JsonGenerator json, String name, Iterable<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
