package tocsin.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/**
 * How far a backfill is.
 *
 * @param state {@code running}, {@code done} or {@code cancelled}
 * @param days that it looks through
 * @param published downloads that the brokers have
 * @param unreadable downloads that were left out
 * @param trouble why it does not go on at the moment; empty while it does
 * @param json all that the tracker tells of it, as one object
 */
public record BackfillState(
        String id, String state, int daysDone, int days, long published, long unreadable, String trouble, String json) {

    static BackfillState of(JsonNode answer) {
        return new BackfillState(
                answer.path("id").asText(),
                answer.path("state").asText(),
                answer.path("days_done").asInt(),
                answer.path("days").asInt(),
                answer.path("published_rows").asLong(),
                answer.path("unreadable_rows").asLong(),
                answer.path("trouble").asText(""),
                answer.toString());
    }

    public boolean isRunning() {
        return state.equals("running");
    }

    public boolean isDone() {
        return state.equals("done");
    }

    /** For people. */
    public String line() {
        return String.format(
                Locale.ROOT,
                "  %-9s  %d of %d days  %,d downloads%s%s",
                state,
                daysDone,
                days,
                published,
                unreadable == 0 ? "" : String.format(Locale.ROOT, "  %,d unreadable", unreadable),
                trouble.isEmpty() ? "" : "  (" + trouble + ")");
    }
}
