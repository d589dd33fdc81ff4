package tocsin.sender.endpoint;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Whether an endpoint may be as its owner wants it. */
record DraftJudgement(UrlRules urls) {

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
                before.disabledFor(),
                before.createdAt()));
    }
}
