package tocsin.sender.endpoint;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What may stand beside the URL of a new endpoint. */
final class RegistrationRules {

    static final int LONGEST_DESCRIPTION = 500;
    static final int MOST_EVENT_TYPES = 100;
    static final int LONGEST_EVENT_TYPE = 128;

    // Standard Webhooks, "Event types": groups of letters, digits and underscores, separated by full stops.
    private static final Pattern EVENT_TYPE = Pattern.compile("[a-zA-Z0-9_]+(\\.[a-zA-Z0-9_]+)*");

    private RegistrationRules() {}

    /** @return a sentence for the owner; empty if all is well */
    static Optional<String> refusal(String description, List<String> eventTypes) {
        if (description.length() > LONGEST_DESCRIPTION) {
            return Optional.of("The description is longer than " + LONGEST_DESCRIPTION + " characters.");
        }
        if (description.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("The description must not contain control characters.");
        }
        if (eventTypes.size() > MOST_EVENT_TYPES) {
            return Optional.of("An endpoint has at most " + MOST_EVENT_TYPES + " event types.");
        }
        for (String type : eventTypes) {
            if (type.length() > LONGEST_EVENT_TYPE || !EVENT_TYPE.matcher(type).matches()) {
                return Optional.of("An event type is like guard.malicious_package_detected, with at most "
                        + LONGEST_EVENT_TYPE + " characters.");
            }
        }
        return Optional.empty();
    }
}
