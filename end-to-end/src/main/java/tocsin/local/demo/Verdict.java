package tocsin.local.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tocsin.testsupport.CaughtMail;
import tocsin.testsupport.ReceivedRequest;

/**
 * Whether the bell rang as it must.
 *
 * @param faults empty if all that should arrive did and nothing else
 * @param webhookAfter since the advisory was acknowledged; empty if none came
 * @param emailAfter of the organisation's mail, likewise
 */
record Verdict(
        boolean webhookVerified,
        boolean emailReceived,
        boolean personalEmailReceived,
        Optional<Duration> webhookAfter,
        Optional<Duration> emailAfter,
        List<String> faults) {

    Verdict {
        faults = List.copyOf(faults);
    }

    static Verdict of(Cast cast, Arrivals arrivals, Instant published) {
        List<String> faults = new ArrayList<>();
        List<ReceivedRequest> webhooks = arrivals.webhooksOf(cast.affected());
        Optional<ReceivedRequest> webhook = webhooks.stream().findFirst();
        boolean verified = webhook.map(
                        request -> isSigned(request, cast.affected().endpoint().secret()))
                .orElse(false);
        if (webhook.isEmpty()) {
            faults.add("no webhook came to " + cast.affected().id());
        } else if (!verified) {
            faults.add("the webhook's signature is not good");
        }
        webhook.ifPresent(request -> faults.addAll(faultsOf(request)));
        boolean email = isTold(arrivals.mailsTo(cast.affected().address()));
        boolean personal = isTold(arrivals.mailsTo(cast.personalAddress()));
        if (!email) {
            faults.add("no mail that names the package and its version came to "
                    + cast.affected().id());
        }
        if (!personal) {
            faults.add("no mail that names the package and its version came to the holder of the personal token");
        }
        int foreign = arrivals.count()
                - Math.min(1, webhooks.size())
                - Stream.of(cast.affected().address(), cast.personalAddress())
                        .mapToInt(
                                address -> Math.min(1, arrivals.mailsTo(address).size()))
                        .sum();
        if (foreign > 0) {
            faults.add(foreign + " more came than should");
        }
        return new Verdict(
                verified,
                email,
                personal,
                webhook.map(request -> Duration.between(published, request.receivedAt())),
                arrivals.mailsTo(cast.affected().address()).stream()
                        .findFirst()
                        .map(mail -> Duration.between(published, mail.receivedAt())),
                faults);
    }

    boolean isGood() {
        return faults.isEmpty();
    }

    /** For {@code --json}. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("ok", isGood());
        fields.put("webhook_verified", webhookVerified);
        fields.put("email_received", emailReceived);
        fields.put("personal_email_received", personalEmailReceived);
        fields.put(
                "advisory_to_webhook_ms", webhookAfter.map(Duration::toMillis).orElse(null));
        fields.put("advisory_to_email_ms", emailAfter.map(Duration::toMillis).orElse(null));
        fields.put("faults", faults);
        return fields;
    }

    /** By the reference library of the standard. */
    private static boolean isSigned(ReceivedRequest request, String secret) {
        try {
            new Webhook(secret).verify(request.bodyText(), request.headers());
            return true;
        } catch (WebhookVerificationException _) {
            return false;
        }
    }

    private static List<String> faultsOf(ReceivedRequest request) {
        JsonNode body;
        try {
            body = JsonMapper.builder().build().readTree(request.bodyText());
        } catch (JsonProcessingException _) {
            return List.of("the webhook's body is no JSON");
        }
        List<String> faults = new ArrayList<>();
        expect("guard.malicious_package_detected", body.path("type").asText(), "type", faults);
        JsonNode advisory = body.path("data").path("advisory");
        expect(Incident.ID, advisory.path("advisory_id").asText(), "advisory", faults);
        expect(Incident.PACKAGE, advisory.path("package_name").asText(), "package", faults);
        JsonNode downloads = body.path("data").path("affected_downloads");
        expect(String.valueOf(Downloads.AFFECTED), String.valueOf(downloads.size()), "number of downloads", faults);
        for (JsonNode download : downloads) {
            expect(Incident.AFFECTED, download.path("version").asText(), "version", faults);
        }
        return faults;
    }

    private static void expect(String expected, String told, String what, List<String> faults) {
        if (!expected.equals(told)) {
            faults.add("the webhook's " + what + " is " + told + " and not " + expected);
        }
    }

    private static boolean isTold(List<CaughtMail> mails) {
        return mails.stream()
                .map(mail -> mail.text().orElse(""))
                .anyMatch(text -> text.contains(Incident.PACKAGE) && text.contains(Incident.AFFECTED));
    }
}
