package tocsin.sender.endpoint;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Whether an endpoint may be as its owner wants it. */
record DraftJudgement(UrlRules urls) {

    /** Whoever takes more needs no limit. */
    private static final int MOST_PER_SECOND = 1000;

    sealed interface Result {}

    record Accepted(Endpoint endpoint) implements Result {}

    /** @param reason a sentence for the owner */
    record Refused(String reason) implements Result {}

    /** @param before gives what the draft leaves out */
    Result of(EndpointDraft draft, Endpoint before) {
        String description = draft.description().orElse(before.description());
        List<String> eventTypes = draft.eventTypes().orElse(before.eventTypes());
        Optional<String> refusal = RegistrationRules.refusal(description, eventTypes);
        if (refusal.isPresent()) {
            return new Refused(refusal.get());
        }
        Optional<EndpointFormat> format = draft.format().isEmpty()
                ? Optional.of(before.format())
                : EndpointFormat.of(draft.format().get());
        if (format.isEmpty()) {
            return new Refused("The format is standard or takumo.");
        }
        URI url = before.url();
        if (draft.url().isPresent()) {
            switch (urls.judge(draft.url().get())) {
                case UrlRules.Verdict.Refused(String reason) -> {
                    return new Refused(reason);
                }
                case UrlRules.Verdict.Accepted(URI accepted) -> url = accepted;
            }
        }
        int maxPerSecond = draft.maxPerSecond().orElse(before.maxPerSecond().orElse(0));
        if (maxPerSecond < 0 || maxPerSecond > MOST_PER_SECOND) {
            return new Refused("max_per_second is from 1 to " + MOST_PER_SECOND + ", or 0 for no limit.");
        }
        return new Accepted(new Endpoint(
                before.id(),
                before.orgId(),
                url,
                description,
                eventTypes.stream().distinct().toList(),
                format.get(),
                draft.thin().orElse(before.thin()),
                before.headerNames(),
                before.publicKey(),
                maxPerSecond == 0 ? Optional.empty() : Optional.of(maxPerSecond),
                before.disabledFor(),
                before.createdAt()));
    }
}
