package tocsin.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tocsin.local.stack.StackAddresses;
import tocsin.testsupport.TokenIssuer;

/** What the platform, an organisation's owner and a reader of mail ask of the services. Safe for use by many threads. */
public final class PlatformClient implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Pattern LINK = Pattern.compile("https?://[^\\s<>\"]+/email-confirmations/[^\\s<>\"]+");
    private static final Pattern FORM =
            Pattern.compile("<form\\b[^>]*\\bmethod=[\"']?post[\"']?[^>]*>", Pattern.CASE_INSENSITIVE);
    private static final Pattern ACTION = Pattern.compile("\\baction=[\"']([^\"']*)[\"']", Pattern.CASE_INSENSITIVE);

    private final HttpApi http = new HttpApi();
    private final StackAddresses addresses;
    private final TokenIssuer issuer;

    public PlatformClient(StackAddresses addresses, TokenIssuer issuer) {
        this.addresses = addresses;
        this.issuer = issuer;
    }

    /** A token that acts for an organisation. */
    public void registerOrgToken(String tokenId, String org, Map<String, String> principal) {
        http.call(
                "PUT",
                addresses.tracker(),
                "/v1/tokens/" + tokenId,
                service("platform"),
                Map.of("org_id", org, "principal", principal));
    }

    /** A person's token, its address verified. */
    public void registerPersonalToken(String tokenId, String email, Instant verifiedAt, String language) {
        http.call(
                "PUT",
                addresses.tracker(),
                "/v1/tokens/" + tokenId,
                service("platform"),
                Map.of("verified_email", email, "verified_at", verifiedAt.toString(), "language", language));
    }

    /** All that can be bought. */
    public void entitle(String org) {
        http.call(
                "PUT",
                addresses.dispatcher(),
                "/v1/orgs/" + org + "/entitlements",
                service("admin"),
                Map.of("guard", true, "webhooks", true));
    }

    /** @return with its secret, which is shown this once */
    public WebhookEndpoint registerEndpoint(String org, URI url, List<String> eventTypes) {
        JsonNode endpoint = http.call(
                "POST",
                addresses.sender(),
                "/v1/orgs/" + org + "/webhook-endpoints",
                owner(org),
                Map.of("url", url.toString(), "description", "alarm bell of " + org, "event_types", eventTypes));
        return new WebhookEndpoint(
                endpoint.path("id").asText(), url, endpoint.path("secret").asText());
    }

    /** Has a confirmation mail sent to the address. */
    public void allowAddress(String org, String address, String language) {
        http.call(
                "POST",
                addresses.dispatcher(),
                "/v1/orgs/" + org + "/email-allowlist",
                owner(org),
                Map.of("address", address, "language", language));
    }

    /** The link in a confirmation mail. @return empty if the text has none */
    public static Optional<URI> confirmationLink(String mailText) {
        Matcher link = LINK.matcher(mailText);
        return link.find() ? Optional.of(URI.create(link.group())) : Optional.empty();
    }

    /** Opens the link, as a person does, and presses the button of the form that it shows. */
    public void confirm(URI link) {
        HttpResponse<String> page =
                http.send(HttpRequest.newBuilder(link).timeout(LIMIT).build());
        Matcher form = FORM.matcher(page.body());
        if (page.statusCode() != 200 || !form.find()) {
            throw new RefusedRequest("GET", link.getPath(), page.statusCode(), "no form to confirm with");
        }
        Matcher action = ACTION.matcher(form.group());
        // A form without an action posts to where it was shown.
        URI target = action.find() && !action.group(1).isEmpty() ? link.resolve(action.group(1)) : link;
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(target)
                .timeout(LIMIT)
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
        if (answer.statusCode() / 100 != 2) {
            throw new RefusedRequest("POST", target.getPath(), answer.statusCode(), "not confirmed");
        }
    }

    /** Tells an organisation's alarms where to ring; only downloads from now on count there. */
    public void saveBreachNotifications(String org, String endpointId, String address, String language) {
        http.call(
                "PUT",
                addresses.dispatcher(),
                "/v1/orgs/" + org + "/breach-notifications",
                owner(org),
                Map.of(
                        "webhook",
                        Map.of("enabled", true, "endpoint_id", endpointId),
                        "email",
                        Map.of("enabled", true, "address", address, "language", language)));
    }

    /** The ledger of an organisation. */
    public JsonNode notifications(String org) {
        return http.call("GET", addresses.dispatcher(), "/v1/orgs/" + org + "/notifications", owner(org), null);
    }

    /** The deliveries of an endpoint. */
    public JsonNode deliveries(String org, String endpointId) {
        return http.call(
                "GET",
                addresses.sender(),
                "/v1/orgs/" + org + "/webhook-endpoints/" + URLEncoder.encode(endpointId, StandardCharsets.UTF_8)
                        + "/deliveries",
                owner(org),
                null);
    }

    private String owner(String org) {
        return issuer.token("owner-of-" + org).org(org, "owner").sign();
    }

    private String service(String scope) {
        return issuer.token("local-" + scope).scope(scope).sign();
    }

    @Override
    public void close() {
        http.close();
    }
}
