package tocsin.local.backfill;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tocsin.local.api.BackfillClient;
import tocsin.local.api.BackfillState;
import tocsin.local.api.RefusedRequest;
import tocsin.local.running.Complaint;
import tocsin.local.running.TokenOptions;

/** {@code backfill}: asks for one, follows one, or ends one. Exit code 0 if it is done, or cancelled as was asked for. */
@Command(
        name = "backfill",
        mixinStandardHelpOptions = true,
        description = {
            "Has the download-tracker write the downloads of its history to download.recorded again, for a matcher that lost",
            "its state. Nobody is told twice. It goes on by itself when this command ends."
        })
public final class BackfillCommand implements Callable<Integer> {

    private static final String TRACKER = "download-tracker";
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);
    /** A tracker that is being replaced is back sooner. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Spec
    private @Nullable CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private @Nullable Which which;

    @Option(names = "--until", paramLabel = "INSTANT", description = "Fetched before; default: now.")
    private @Nullable String until;

    @Option(names = "--org", paramLabel = "ID", description = "Of one organisation; default: everybody's.")
    private @Nullable String org;

    @Option(
            names = "--rows-per-second",
            paramLabel = "N",
            description = "No faster than that; default: as the tracker is configured.")
    private @Nullable Integer rowsPerSecond;

    @Option(names = "--detach", description = "Do not wait for its end.")
    private boolean detach;

    @Option(names = "--json", description = "Print how far it is as one JSON object in the last line.")
    private boolean json;

    @Option(
            names = "--tracker",
            paramLabel = "URL",
            description = "The download-tracker; default: that of the stack that `up` started.")
    private @Nullable URI tracker;

    @Mixin
    private TokenOptions token = new TokenOptions();

    /** One of them. */
    static final class Which {

        @Option(
                names = "--since",
                paramLabel = "INSTANT",
                description = "Begin: downloads fetched then or later, as in 2026-04-15T08:30:00Z.")
        private @Nullable String since;

        @Option(names = "--watch", paramLabel = "ID", description = "Show how far one is that was begun before.")
        private @Nullable String watch;

        @Option(names = "--cancel", paramLabel = "ID", description = "End one.")
        private @Nullable String cancel;
    }

    @Override
    public Integer call() throws InterruptedException {
        Which asked = which == null ? new Which() : which;
        if (asked.since == null && (until != null || org != null || rowsPerSecond != null)) {
            throw new ParameterException(
                    specification().commandLine(), "--until, --org and --rows-per-second are for a new one");
        }
        try (BackfillClient client = new BackfillClient(token.serviceUrl(TRACKER, tracker), token.token(tracker))) {
            BackfillState state = begun(client, asked);
            if (asked.cancel == null && !detach) {
                state = follow(client, state);
            }
            out().println(state.line());
            if (json) {
                out().println(state.json());
            }
            out().flush();
            return state.isRunning() ? (detach ? 0 : 1) : state.isDone() || asked.cancel != null ? 0 : 1;
        } catch (RefusedRequest | UncheckedIOException e) {
            throw new Complaint(String.valueOf(e.getMessage()), e);
        }
    }

    private BackfillState begun(BackfillClient client, Which asked) {
        if (asked.watch != null) {
            return client.find(asked.watch);
        }
        if (asked.cancel != null) {
            return client.cancel(asked.cancel);
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("since", String.valueOf(asked.since));
        if (until != null) {
            body.put("until", until);
        }
        if (org != null) {
            body.put("org_id", org);
        }
        if (rowsPerSecond != null) {
            body.put("rows_per_second", rowsPerSecond);
        }
        BackfillState begun = client.begin(body);
        out().println("Backfill " + begun.id() + " has begun and goes on by itself; --watch " + begun.id()
                + " shows it again, --cancel ends it.");
        out().flush();
        return begun;
    }

    /** Until it has ended. Shows a line now and then. */
    private BackfillState follow(BackfillClient client, BackfillState from) throws InterruptedException {
        BackfillState state = from;
        long shown = System.nanoTime();
        long answered = shown;
        while (state.isRunning()) {
            Thread.sleep(BETWEEN_LOOKS);
            try {
                state = client.find(state.id());
                answered = System.nanoTime();
            } catch (RefusedRequest | UncheckedIOException e) {
                if (e instanceof RefusedRequest refused && refused.status() < 500) {
                    throw refused;
                }
                if (System.nanoTime() - answered > PATIENCE.toNanos()) {
                    throw new Complaint(
                            String.format(
                                    Locale.ROOT,
                                    "the tracker has not answered for %d minutes; the backfill goes on when it is back: --watch %s",
                                    PATIENCE.toMinutes(),
                                    state.id()),
                            e);
                }
            }
            if (System.nanoTime() - shown > BETWEEN_LINES.toNanos()) {
                out().println(state.line());
                out().flush();
                shown = System.nanoTime();
            }
        }
        return state;
    }

    private PrintWriter out() {
        return specification().commandLine().getOut();
    }

    private CommandSpec specification() {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the specification before it calls");
        }
        return spec;
    }
}
