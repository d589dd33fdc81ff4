package tocsin.local.quarantine;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tocsin.local.running.BrokerAddress;
import tocsin.local.running.BrokerOptions;
import tocsin.local.running.Bytes;
import tocsin.local.running.Complaint;
import tocsin.local.running.RecordHeaderValue;
import tocsin.local.running.RecordPlace;
import tocsin.local.running.RecordProducer;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;

/** {@code quarantine}: what the services could not read. */
@Command(
        name = "quarantine",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(list | show | redrive)",
        description = "Lists, shows and sends again what the services could not read.")
public final class QuarantineCommand {

    private static final int REASON_SHOWN = 100;
    private static final int HEADER_SHOWN = 500;

    @Spec
    private @Nullable CommandSpec spec;

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description =
                    "Where each lies, since when, where it came from and why it is there; and where it was sent again.")
    int list(
            @Mixin BrokerOptions broker,
            @Parameters(
                            arity = "0..1",
                            paramLabel = "SERVICE",
                            description = "One of ${COMPLETION-CANDIDATES}; default: all.",
                            completionCandidates = Services.class)
                    @Nullable
                    String service) {
        List<String> services = service == null ? Topics.SERVICES : List.of(known(service));
        int bad = 0;
        PrintWriter out = out();
        try (QuarantineConsumer quarantine = new QuarantineConsumer(broker.address())) {
            for (String each : services) {
                QuarantineInventory inventory = new QuarantineInventory(each);
                quarantine.readAll(each, inventory);
                for (QuarantineEntry entry : inventory.entries()) {
                    if (bad++ == 0) {
                        out.println(row("SERVICE", "RECORD", "AT", "ORIGIN", "BYTES", "REASON"));
                    }
                    out.println(row(
                            entry.service(),
                            entry.position().text(),
                            Preview.line(entry.at(), 30),
                            Preview.line(entry.origin(), 60),
                            String.valueOf(entry.bytes()),
                            entry.redriven()
                                            .map(place -> "[redriven to " + Preview.line(place, 30) + "] ")
                                            .orElse("")
                                    + Preview.line(entry.reason(), REASON_SHOWN)));
                }
            }
        }
        out.println(bad == 0 ? "Nothing lies in quarantine." : bad + (bad == 1 ? " record." : " records."));
        out.flush();
        return 0;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "One record, whole: headers, key, and the value's bytes.")
    int show(
            @Mixin BrokerOptions broker,
            @Parameters(paramLabel = "SERVICE", completionCandidates = Services.class) String service,
            @Parameters(paramLabel = "PARTITION:OFFSET") String position,
            @Option(
                            names = "--bytes",
                            paramLabel = "N",
                            description = "Show at most so many bytes, default ${DEFAULT-VALUE}.",
                            defaultValue = "1024")
                    int bytes,
            @Option(names = "--save", paramLabel = "FILE", description = "Write the value there, for mending.")
                    @Nullable
                    Path save) {
        QuarantineRecord record;
        try (QuarantineConsumer quarantine = new QuarantineConsumer(broker.address())) {
            record = find(quarantine, known(service), at(position));
        }
        PrintWriter out = out();
        for (RecordHeaderValue header : record.headers()) {
            out.println(Preview.line(header.name(), HEADER_SHOWN) + ": " + Preview.line(header.text(), HEADER_SHOWN));
        }
        out.println();
        show("key", record.key(), bytes, out);
        show("value", record.value(), bytes, out);
        out.flush();
        if (save != null) {
            write(save, record.value().orElse(Bytes.NONE));
        }
        return 0;
    }

    private static void show(String part, Optional<Bytes> bytes, int atMost, PrintWriter out) {
        out.println(bytes.map(there -> part + ", " + there).orElse("no " + part));
        bytes.ifPresent(there -> Preview.rows(there.toArray(), atMost).forEach(out::println));
    }

    @Command(
            name = "redrive",
            mixinStandardHelpOptions = true,
            description = {
                "Sends a record again to the topic and partition that it came from, with its own key and headers.",
                "It is marked as redriven, and is not sent a second time without --again."
            })
    int redrive(
            @Mixin BrokerOptions broker,
            @Parameters(paramLabel = "SERVICE", completionCandidates = Services.class) String service,
            @Parameters(paramLabel = "PARTITION:OFFSET") String position,
            @Option(
                            names = "--with",
                            paramLabel = "FILE",
                            description = "The mended value; default: the value as it was.")
                    @Nullable
                    Path with,
            @Option(names = "--again", description = "Even if it was redriven before.") boolean again) {
        BrokerAddress address = broker.address();
        String name = known(service);
        RecordPosition wanted = at(position);
        Optional<Bytes> mended = Optional.ofNullable(with).map(QuarantineCommand::read);
        QuarantineRecord record;
        try (QuarantineConsumer quarantine = new QuarantineConsumer(address)) {
            record = find(quarantine, name, wanted);
            QuarantineInventory inventory = new QuarantineInventory(name);
            quarantine.readAll(name, inventory);
            boolean before = inventory.entries().stream()
                    .anyMatch(entry ->
                            entry.position().equals(wanted) && entry.redriven().isPresent());
            if (before && !again) {
                throw new Complaint(wanted.text() + " was redriven before; --again sends it once more");
            }
        }
        try (RecordProducer producer = new RecordProducer(address)) {
            RecordPlace place = producer.sendNow(Redrive.returned(record, mended));
            producer.sendNow(Redrive.mark(address.nameOf(Topics.quarantineOf(name)), record, place));
            out().println("Sent to " + place.topic() + " " + place.inTopic() + (mended.isEmpty() ? "." : ", mended."));
            out().flush();
        }
        return 0;
    }

    private static QuarantineRecord find(QuarantineConsumer quarantine, String service, RecordPosition position) {
        return quarantine
                .readOne(service, position)
                .orElseThrow(() ->
                        new Complaint("there is no record " + position.text() + " in the quarantine of " + service));
    }

    private static String row(String service, String record, String at, String origin, String bytes, String reason) {
        return String.format(
                        Locale.ROOT, "%-23s  %-8s  %-30s  %-32s  %7s  %s", service, record, at, origin, bytes, reason)
                .stripTrailing();
    }

    private String known(String service) {
        if (!Topics.SERVICES.contains(service)) {
            throw new ParameterException(
                    specification().commandLine(),
                    "there is no service " + service + "; there are " + String.join(", ", Topics.SERVICES));
        }
        return service;
    }

    private RecordPosition at(String text) {
        return RecordPosition.parse(text)
                .orElseThrow(() -> new ParameterException(
                        specification().commandLine(),
                        "a record is named PARTITION:OFFSET, as `quarantine list` shows it"));
    }

    private static Bytes read(Path file) {
        try {
            if (Files.size(file) > MessageCodec.MAX_MESSAGE_BYTES) {
                throw new Complaint(file + " is longer than any message may be");
            }
            return Bytes.of(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new Complaint("cannot read " + file, e);
        }
    }

    private static void write(Path file, Bytes bytes) {
        try {
            Files.write(file, bytes.toArray());
        } catch (IOException e) {
            throw new Complaint("cannot write " + file, e);
        }
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

    static final class Services implements Iterable<String> {
        @Override
        public java.util.Iterator<String> iterator() {
            return Topics.SERVICES.iterator();
        }
    }
}
