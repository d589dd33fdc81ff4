package tocsin.sender.erasure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.WebhookRequested;

/** A request whose body names somebody, without them. The organisation is still told what was fetched and when. */
final class ErasedRequest {

    private static final MessageCodec<WebhookRequested> CODEC = MessageCodec.of(WebhookRequested.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private ErasedRequest() {}

    /**
     * @param request the value of a {@code webhook.requested}
     * @return the value without the subject; empty if it does not name them
     */
    static Optional<byte[]> without(ErasureSubject subject, byte[] request) {
        WebhookRequested message;
        JsonNode data;
        try {
            message = CODEC.decode(request);
            data = JSON.readTree(message.getData());
        } catch (UndecodableMessageException | JsonProcessingException e) {
            // It was read when it was parked. Whoever sends it meets it again, and quarantines it.
            return Optional.empty();
        }
        boolean named = false;
        for (JsonNode download : data.path("affected_downloads")) {
            if (download instanceof ObjectNode fields && names(subject, message.getOrgId(), fields)) {
                erase(fields);
                named = true;
            }
        }
        return named
                ? Optional.of(CODEC.encode(WebhookRequested.newBuilder(message)
                        .setData(data.toString())
                        .build()))
                : Optional.empty();
    }

    private static boolean names(ErasureSubject subject, String org, ObjectNode download) {
        return switch (subject) {
            case ErasureSubject.OfOrganisation of ->
                org.equals(of.organisation().orgId())
                        && of.principalId().equals(download.path("principal_id").textValue());
            case ErasureSubject.OfEmail of -> {
                String email = download.path("principal_email").textValue();
                yield email != null && RecordKeys.emailRecipient(email).equals(of.hash());
            }
            // A personal token's holder is told by mail only.
            case ErasureSubject.OfToken _ -> false;
        };
    }

    private static void erase(ObjectNode download) {
        download.put("principal_id", ErasureSubject.ERASED_ID);
        // The document has a name in every download.
        download.put("principal_name", ErasureSubject.ERASED_ID);
        download.remove("principal_email");
        download.remove("repository");
    }
}
