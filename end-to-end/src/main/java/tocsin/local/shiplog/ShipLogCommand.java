package tocsin.local.shiplog;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tocsin.local.running.BrokerOptions;
import tocsin.local.running.ClockFactory;
import tocsin.local.running.Complaint;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.PrincipalType;

/** {@code ship-log}: tells Tocsin what an unmodified proxy logs. */
@Command(
        name = "ship-log",
        mixinStandardHelpOptions = true,
        description = {
            "Ships the requests in a proxy's access log to download.observed.",
            "A line that is shipped again has the same id and changes nothing. See docs/ship-log.md."
        })
public final class ShipLogCommand implements Callable<Integer> {

    private static final int BATCH = 500;
    /** As the tracker takes it. */
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:\\[\\]-]{1,260}");

    private static final Duration QUIET = Duration.ofMillis(250);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            description = "verdaccio, nginx, nexus or artifactory.")
    private String format = "";

    @Option(
            names = "--source",
            paramLabel = "NAME",
            description = "The proxy's name; default: the format's. Part of every id: never change it for a log.")
    private @Nullable String source;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "What the paths are of, such as verdaccio or npm-registry; needed for nginx.")
    private @Nullable String kind;

    @Option(
            names = "--origin-registry",
            paramLabel = "HOST",
            description =
                    "Registry that all its packages come from, where that is not the public one: they ring for no public advisory.")
    private @Nullable String originRegistry;

    @Option(names = "--org", paramLabel = "ID", description = "Organisation that all its requests belong to.")
    private @Nullable String org;

    @Option(
            names = "--user-as",
            paramLabel = "TYPE",
            description = "Makes the proxy's users principals of the organisation: human, ci_cd or org_token.")
    private @Nullable String userAs;

    @Option(names = "--follow", description = "Goes on as the log is written and rotated, until it is stopped.")
    private boolean follow;

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "Remembers how far a log was shipped; default: the log's name and .checkpoint.")
    private @Nullable Path checkpoint;

    @Parameters(index = "0", paramLabel = "FILE", description = "The log; - for standard input.")
    private String file = "";

    @Override
    public Integer call() throws IOException {
        LogFormat known = formatNamed();
        ShipTally tally = new ShipTally();
        try (ObservedProducer producer = new ObservedProducer(broker.address())) {
            LogShipper shipper = new LogShipper(known, shipping(known), producer, tally, this::report);
            if (file.equals("-")) {
                shipStandardInput(shipper);
            } else {
                shipFile(shipper, Path.of(file));
            }
        }
        command().commandLine().getOut().println(tally.summary());
        command().commandLine().getOut().flush();
        return 0;
    }

    private void shipFile(LogShipper shipper, Path log) throws IOException {
        if (!follow && !Files.isReadable(log)) {
            throw new Complaint("cannot read " + log);
        }
        Path remembered = checkpoint == null ? Path.of(log + Checkpoint.SUFFIX) : checkpoint;
        try (LogTail tail =
                new LogTail(log, Checkpoint.read(remembered).orElse(Checkpoint.START), ClockFactory.system())) {
            int gaps = 0;
            while (!Thread.currentThread().isInterrupted()) {
                List<String> lines = tail.read(BATCH);
                if (tail.gaps() > gaps) {
                    gaps = tail.gaps();
                    report(
                            "the file that was read last is gone, compressed or cut: what was written since, and is in no file that can be read, is not shipped");
                }
                if (!lines.isEmpty()) {
                    shipForGood(shipper, lines);
                    // Only now: what is not with the broker is read again.
                    tail.place().write(remembered);
                } else if (tail.isAtEnd() && !follow) {
                    return;
                } else {
                    pause(QUIET);
                }
            }
        }
    }

    private void shipStandardInput(LogShipper shipper) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        List<String> lines = new ArrayList<>();
        for (String line = cutLine(in); line != null; line = cutLine(in)) {
            lines.add(line);
            if (lines.size() >= BATCH || !in.ready()) {
                shipForGood(shipper, lines);
                lines.clear();
            }
        }
    }

    /** Of a line that no proxy writes only as much as shows that it is one. @return null at the end */
    private static @Nullable String cutLine(BufferedReader in) throws IOException {
        StringBuilder line = new StringBuilder();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            if (line.length() <= LogFormat.MAX_LINE) {
                line.append((char) next);
            }
            next = in.read();
        }
        if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
            line.setLength(line.length() - 1);
        }
        return line.toString();
    }

    private void shipForGood(LogShipper shipper, List<String> lines) {
        List<DownloadObserved> requests = shipper.read(lines);
        boolean told = false;
        while (!shipper.ship(requests)) {
            if (!follow && !file.equals("-")) {
                throw new Complaint(
                        "the broker does not take requests; ship again when it is back, repeats do no harm");
            }
            if (!told) {
                report("the broker does not take requests; trying until it does");
                told = true;
            }
            pause(BETWEEN_TRIES);
        }
    }

    private LogFormat formatNamed() {
        for (LogFormat each : LogFormat.values()) {
            if (each.toString().equals(format)) {
                return each;
            }
        }
        throw misuse("--format is verdaccio, nginx, nexus or artifactory");
    }

    private Shipping shipping(LogFormat known) {
        Optional<String> paths = Optional.ofNullable(kind).or(known::kind);
        if (paths.isEmpty()) {
            throw misuse("--kind is needed: " + known + " stands before any registry");
        }
        if (userAs != null && org == null) {
            throw misuse("--user-as needs --org");
        }
        if (!Shipping.KINDS.contains(paths.get())) {
            throw misuse("--kind is one of " + String.join(", ", Shipping.KINDS));
        }
        if (source != null && (source.isBlank() || source.length() > Shipping.MAX_SOURCE)) {
            throw misuse("--source has 1 to " + Shipping.MAX_SOURCE + " characters");
        }
        if (originRegistry != null && !HOST.matcher(originRegistry).matches()) {
            throw misuse("--origin-registry is a host");
        }
        if (org != null) {
            try {
                var _ = new Audience.Organisation(org);
            } catch (IllegalArgumentException e) {
                throw misuse("--org: " + e.getMessage());
            }
        }
        return new Shipping(
                source == null ? known.toString() : source,
                paths.get(),
                Optional.ofNullable(originRegistry),
                Optional.ofNullable(org),
                Optional.ofNullable(userAs).map(this::principalType));
    }

    private PrincipalType principalType(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "human" -> PrincipalType.HUMAN;
            case "ci_cd" -> PrincipalType.CI_CD;
            case "org_token" -> PrincipalType.ORG_TOKEN;
            default -> throw misuse("--user-as is human, ci_cd or org_token");
        };
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Complaint("stopped", e);
        }
    }

    private void report(String what) {
        command().commandLine().getErr().println("tocsin: " + what);
        command().commandLine().getErr().flush();
    }

    private ParameterException misuse(String why) {
        return new ParameterException(command().commandLine(), why);
    }

    private CommandSpec command() {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the specification before it calls");
        }
        return spec;
    }
}
