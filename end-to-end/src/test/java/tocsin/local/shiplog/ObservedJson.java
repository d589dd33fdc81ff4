package tocsin.local.shiplog;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.TreeMap;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.ProxyRequest;

/** {@code download.observed} as JSON, as {@code docs/events.md} has it, with its members in the order of their names. */
final class ObservedJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ObservedJson() {}

    static JsonNode of(DownloadObserved download) {
        ObjectNode json = JSON.createObjectNode();
        download.getEventId().ifPresent(id -> json.put("event_id", id));
        json.put("source", download.getSource());
        download.getSourceKind().ifPresent(kind -> json.put("source_kind", kind));
        json.put("fetched_at", download.getFetchedAt().toEpochMilli());
        ProxyRequest request = download.getRequest().orElseThrow();
        ObjectNode inner = json.putObject("request");
        inner.put("method", request.getMethod());
        inner.put("path", request.getPath());
        inner.put("status", request.getStatus());
        request.getBytes().ifPresent(bytes -> inner.put("bytes", bytes));
        download.getOriginRegistry().ifPresent(registry -> json.put("origin_registry", registry));
        download.getOrgId().ifPresent(org -> json.put("org_id", org));
        if (download.getPrincipal().isPresent()) {
            Principal principal = download.getPrincipal().get();
            ObjectNode who = json.putObject("principal");
            who.put("type", principal.getType().name().toLowerCase(Locale.ROOT));
            who.put("id", principal.getId());
            principal.getName().ifPresent(name -> who.put("name", name));
        }
        download.getTokenId().ifPresent(token -> json.put("token_id", token));
        return sorted(json);
    }

    static JsonNode read(byte[] json) throws IOException {
        return sorted(JSON.readTree(json));
    }

    private static JsonNode sorted(JsonNode node) {
        try {
            return JSON.readTree(
                    JSON.writeValueAsString(JSON.convertValue(node, new TypeReference<TreeMap<String, Object>>() {})));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
