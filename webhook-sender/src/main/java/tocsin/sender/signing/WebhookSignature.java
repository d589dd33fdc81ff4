package tocsin.sender.signing;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** Standard Webhooks v1: HMAC-SHA256 over {@code id.timestamp.body}; timestamp in whole seconds since the epoch. */
public final class WebhookSignature {

    private WebhookSignature() {}

    /**
     * The value of the {@code webhook-signature} header: one signature for each secret, separated by a space; a receiver
     * accepts if any of them fits.
     *
     * @param webhookId without a full stop, which separates the signed parts
     * @param attemptedAt time of this attempt; receivers refuse what is more than some minutes off
     * @param secrets at least one, the current one first
     */
    public static String sign(String webhookId, Instant attemptedAt, byte[] body, List<SigningSecret> secrets) {
        if (webhookId.indexOf('.') >= 0) {
            throw new IllegalArgumentException("a webhook-id has no full stop: " + webhookId);
        }
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException("nothing to sign " + webhookId + " with");
        }
        byte[] head = (webhookId + "." + attemptedAt.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8);
        return secrets.stream()
                .map(secret -> "v1," + Base64.getEncoder().encodeToString(Hmac.sha256(secret.key(), head, body)))
                .collect(Collectors.joining(" "));
    }
}
