package tocsin.dispatcher.routing;

import java.util.List;
import tocsin.dispatcher.incident.Download;

/** What becomes of a match at one destination. */
public sealed interface Verdict {

    /**
     * @param downloads newest first, at least one, at most {@link tocsin.dispatcher.incident.Match#MAX_DOWNLOADS}
     * @param truncated the match's cap left out older ones that would belong here
     * @param widens whether some of it is of versions that the audience has not heard of
     */
    record Tell(List<Download> downloads, boolean truncated, boolean widens) implements Verdict {
        public Tell {
            downloads = List.copyOf(downloads);
        }
    }

    /**
     * There was something to tell, and it is not told.
     *
     * @param widens as of what would have been told
     */
    record Suppressed(Reason reason, boolean widens) implements Verdict {}

    /** Told already, or before the destination was saved. */
    record NothingNew() implements Verdict {}

    /** Why a destination is not told; the ledger shows it. */
    enum Reason {
        GUARD_NOT_ENTITLED("guard_not_entitled"),
        WEBHOOKS_NOT_ENTITLED("webhooks_not_entitled"),
        BELOW_SEVERITY_FLOOR("below_severity_floor"),
        EMAIL_OFF("email_off"),
        ADDRESS_REMOVED("address_removed"),
        NO_VERIFIED_ADDRESS("no_verified_address"),
        TOKEN_UNKNOWN("token_unknown"),
        UNSUBSCRIBED("unsubscribed");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }
}
