package tocsin.dispatcher;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.EmailRequested;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.CaughtMail;

/**
 * The service, and what organisations and other services say to it and hear of it. Tests share one and keep apart by organisation, so that
 * they do not each wait for it to start.
 */
public final class RunningDispatcher extends DispatcherStack {

    public static final Duration SOON = Duration.ofSeconds(30);

    private static final MessageCodec<WebhookRequested> WEBHOOKS = MessageCodec.of(WebhookRequested.class);
    private static final MessageCodec<EmailRequested> EMAILS = MessageCodec.of(EmailRequested.class);
    private static final AtomicInteger NAMES = new AtomicInteger();

    /** Holds the shared one; made when the first test asks. */
    private static final class Shared {
        static final RunningDispatcher INSTANCE = new RunningDispatcher(Surroundings.start(), "", Map.of());
    }

    private RunningDispatcher(Surroundings around, String prefix, Map<String, Object> more) {
        super(around, prefix, more);
    }

    private RunningDispatcher(RunningDispatcher first) {
        super(first);
    }

    public static RunningDispatcher shared() {
        return Shared.INSTANCE;
    }

    /** Another one on the same broker and database server, with topics and tables of its own. */
    public static RunningDispatcher beside(Map<String, Object> more) {
        return new RunningDispatcher(shared().around(), "beside" + NAMES.incrementAndGet() + ".", more);
    }

    /** Another instance of the same service, on its topics and tables. */
    public RunningDispatcher another() {
        return new RunningDispatcher(this);
    }

    /** An organisation that no other test knows. */
    public static String newOrg() {
        return "org-" + NAMES.incrementAndGet();
    }

    public void match(AdvisoryMatched.Builder matched) {
        produce(Topics.ADVISORY_MATCHED.name(), matched.getAudience(), Samples.CODEC.encode(matched.build()));
    }

    /** Gives the organisation all entitlements and an endpoint that gets its notices from now on. @return its id */
    public String withWebhook(String org) {
        String endpoint = withEndpoint(org);
        choose(org, "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint + "\"}}");
        return endpoint;
    }

    /** Entitles the organisation and registers an endpoint for it. @return its id */
    public String withEndpoint(String org, String... types) {
        entitle(org);
        String endpoint = "WH" + NAMES.incrementAndGet();
        announce(org, endpoint, false, types);
        await().atMost(SOON).until(() -> bean(EndpointDirectory.class).has(org, endpoint));
        return endpoint;
    }

    /** What the sender says of an endpoint that is enabled. */
    public void announce(String org, String endpoint, boolean thin, String... types) {
        produce(
                Topics.WEBHOOK_ENDPOINT.name(),
                endpoint,
                MessageCodec.of(WebhookEndpoint.class)
                        .encode(WebhookEndpoint.newBuilder()
                                .setEndpointId(endpoint)
                                .setOrgId(org)
                                .setEnabled(true)
                                .setEventTypes(List.of(types))
                                .setThin(thin)
                                .build()));
    }

    public void entitle(String org) {
        ok("PUT", "/v1/orgs/" + org + "/entitlements", admin(), "{\"guard\":true,\"webhooks\":true}");
    }

    /** Confirms an address by its mail and chooses it from now on. @return the address */
    public String withMail(String org, String language) {
        return withMail(org, language, org + "@example.com");
    }

    /** As {@link #withMail(String, String)} for an address that nobody else has. */
    public String withMail(String org, String language, String address) {
        withAddress(org, language, address);
        choose(org, "{\"email\":{\"enabled\":true,\"address\":\"" + address + "\",\"language\":\"" + language + "\"}}");
        return address;
    }

    /** An endpoint, and mail in English to an address of its own. @return the endpoint's id */
    public String withWebhookAndMail(String org) {
        String address = org + "@example.com";
        withAddress(org, "en", address);
        String endpoint = withEndpoint(org);
        choose(
                org,
                "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint
                        + "\"},\"email\":{\"enabled\":true,\"address\":\"" + address + "\"}}");
        return endpoint;
    }

    private void choose(String org, String destinations) {
        ok("PUT", "/v1/orgs/" + org + "/breach-notifications", owner(org), destinations);
        sinceLongAgo(org);
    }

    /** Confirms an address by its mail, which then is there to be chosen. */
    public void withAddress(String org, String language, String address) {
        entitle(org);
        ok(
                "POST",
                "/v1/orgs/" + org + "/email-allowlist",
                owner(org),
                "{\"address\":\"" + address + "\",\"language\":\"" + language + "\"}");
        ok("POST", linkIn(awaitMails(address, 1).getFirst()), "", "");
    }

    /** Says of a webhook how it ended. */
    public void settle(WebhookRequested webhook, DeliveryOutcome outcome) {
        produce(
                Topics.DELIVERY_SETTLED.name(),
                webhook.getNotificationId(),
                MessageCodec.of(DeliverySettled.class)
                        .encode(DeliverySettled.newBuilder()
                                .setNotificationId(webhook.getNotificationId())
                                .setMessageId(webhook.getWebhookId())
                                .setDestination(webhook.getEndpointId())
                                .setOutcome(outcome)
                                .setAttempts(4)
                                .setReason(outcome == DeliveryOutcome.FAILED ? "the receiver answered 500" : null)
                                .setSettledAt(Instant.parse("2026-04-17T12:00:00Z"))
                                .build()));
    }

    /** The samples' downloads lie in the past: as if the settings had been saved before them. */
    public void sinceLongAgo(String org) {
        update(
                "update notification_dispatcher.breach_settings set webhook_saved_at = webhook_saved_at - interval '100 years',"
                        + " email_saved_at = email_saved_at - interval '100 years' where org_id = ?",
                org);
    }

    public void registerToken(TokenRegistered.Builder token) {
        produce(
                Topics.TOKEN_REGISTERED.name(),
                token.getTokenId(),
                MessageCodec.of(TokenRegistered.class).encode(token.build()));
        await().atMost(SOON)
                .until(() -> bean(TokenDirectory.class)
                        .addressOf(token.getTokenId())
                        .filter(it -> it.address().equals(token.getVerifiedEmail()))
                        .isPresent());
    }

    /** The path in a confirmation mail. */
    public static String linkIn(CaughtMail mail) {
        String text = mail.text().orElseThrow();
        int at = text.indexOf("/email-confirmations/");
        return text.substring(at).lines().findFirst().orElseThrow().strip();
    }

    public List<CaughtMail> awaitMails(String address, int atLeast) {
        return await().atMost(SOON).until(() -> mails(address), it -> it.size() >= atLeast);
    }

    /** Until so many wait in the database for what somebody else holds. */
    public void awaitWaiting(int many) {
        await().atMost(SOON)
                .until(() ->
                        rows("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
                                        .size()
                                >= many);
    }

    public List<WebhookRequested> webhooks(String org) {
        return records(Topics.WEBHOOK_REQUESTED.name()).stream()
                .map(it -> WEBHOOKS.decode(it.value()))
                .filter(it -> it.getOrgId().equals(org))
                .toList();
    }

    public List<WebhookRequested> awaitWebhooks(String org, int atLeast) {
        return await().atMost(SOON).until(() -> webhooks(org), it -> it.size() >= atLeast);
    }

    public List<EmailRequested> emails(String audience) {
        return records(Topics.EMAIL_REQUESTED.name()).stream()
                // What a test poisoned the topic with has no prefix of ours.
                .filter(it ->
                        HexFormat.of().withUpperCase().formatHex(it.value()).startsWith(EMAILS.prefixHex()))
                .map(it -> EMAILS.decode(it.value()))
                .filter(it -> it.getAudience().equals(audience))
                .toList();
    }

    /** Ledger rows of an organisation: kind, destination, state, reason; the oldest notification first. */
    public List<String> ledger(String org) {
        return rows("""
                select n.kind, l.destination, l.state, coalesce(l.reason, '-')
                from notification_dispatcher.notification n join notification_dispatcher.ledger l using (notification_id)
                where n.audience = ? order by n.created_at, l.destination
                """, "org:" + org);
    }
}
