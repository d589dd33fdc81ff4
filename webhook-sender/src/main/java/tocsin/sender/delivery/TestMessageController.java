package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import tocsin.sender.egress.EgressRequest;
import tocsin.sender.egress.EgressResult;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** Sends a test message and shows what went over the line, for owners and managers of the endpoint's organisation. */
@Controller("/v1/orgs/{org}/webhook-endpoints/{id}/test")
final class TestMessageController {

    private final TestMessages messages;

    TestMessageController(TestMessages messages) {
        this.messages = messages;
    }

    /** @param headers those that we set, signatures included, and values that are secret redacted; the HTTP client adds host and length */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record SentRequest(String url, Map<String, String> headers, String body) {

        static SentRequest of(Attempting.Made made) {
            Map<String, String> headers = new LinkedHashMap<>();
            made.logged().wire().requestHeaders().forEach(header -> headers.put(header.name(), header.value()));
            EgressRequest request = made.request();
            return new SentRequest(request.target().toString(), headers, new String(request.body(), UTF_8));
        }

        @Override
        public String toString() {
            return "SentRequest[redacted]";
        }
    }

    @Serdeable
    record Header(String name, String value) {}

    /**
     * @param body its beginning
     * @param bodyCut whether there was more
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record GivenAnswer(int status, List<Header> headers, String body, boolean bodyCut) {

        static GivenAnswer of(EgressResult.Answered answered) {
            return new GivenAnswer(
                    answered.status(),
                    answered.headers().stream()
                            .map(header -> new Header(header.name(), header.value()))
                            .toList(),
                    answered.body(),
                    answered.bodyCut());
        }

        @Override
        public String toString() {
            return "GivenAnswer[status=" + status + "]";
        }
    }

    /**
     * @param delivered whether this answer would have ended a delivery well
     * @param response absent if the receiver did not answer
     * @param errorClass as in the delivery log; absent if it was delivered
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record TestReport(
            String webhookId,
            boolean delivered,
            long durationMs,
            SentRequest request,
            @Nullable GivenAnswer response,
            @Nullable String errorClass,
            @Nullable String reason) {

        static TestReport of(String webhookId, Attempting.Made made) {
            GivenAnswer answer = switch (made.result()) {
                case EgressResult.Answered answered -> GivenAnswer.of(answered);
                case EgressResult.Broken _ -> null;
            };
            return new TestReport(
                    webhookId,
                    made.outcome() instanceof DeliveryOutcome.Delivered,
                    made.logged().took().toMillis(),
                    SentRequest.of(made),
                    answer,
                    made.logged().errorClass().orElse(null),
                    made.logged().reason().orElse(null));
        }
    }

    /** Sends a test message at once, and answers with the request as it went out and with what the receiver said to it. */
    @Post
    TestReport send(@Parameter(hidden = true) Caller caller, String org, String id) throws InterruptedException {
        caller.requireRole(org, OrgRole.MANAGER);
        try {
            return switch (messages.send(org, id)) {
                case TestMessages.Tested.Sent(String webhookId, var made) -> TestReport.of(webhookId, made);
                case TestMessages.Tested.NoSuchEndpoint() ->
                    throw Problem.notFound("The organisation has no such webhook endpoint.");
                case TestMessages.Tested.NotYet() ->
                    throw Problem.conflict(
                            "A test message to this endpoint is under way or has just ended; wait a moment.");
            };
        } catch (RejectedExecutionException _) {
            throw Problem.unavailable("Too many deliveries are under way; try again in a moment.");
        }
    }
}
