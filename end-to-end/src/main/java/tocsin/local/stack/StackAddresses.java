package tocsin.local.stack;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the parts of a running stack are reached.
 *
 * @param broker {@code host:port}
 * @param database JDBC URL
 * @param mail {@code host:port} of the mail catcher's SMTP
 * @param receiver URL of the sample receiver; any path below it is taken
 */
public record StackAddresses(
        URI tracker,
        URI matcher,
        URI dispatcher,
        URI sender,
        String broker,
        String database,
        String mail,
        URI tokenIssuer,
        URI receiver) {

    /** By name, in the order in which a person would want to read them. */
    public Map<String, String> byName() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("download-tracker", tracker.toString());
        names.put("advisory-matcher", matcher.toString());
        names.put("notification-dispatcher", dispatcher.toString());
        names.put("webhook-sender", sender.toString());
        names.put("kafka", broker);
        names.put("postgresql", database);
        names.put("mail catcher (SMTP)", mail);
        names.put("token issuer", tokenIssuer.toString());
        names.put("sample receiver", receiver.toString());
        return names;
    }
}
