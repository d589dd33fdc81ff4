package tocsin.local.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tocsin.local.api.Organisation;
import tocsin.local.api.PlatformClient;
import tocsin.local.osv.AdvisoryProducer;
import tocsin.local.osv.FeedName;
import tocsin.local.produce.DownloadProducer;
import tocsin.local.running.Complaint;
import tocsin.local.running.Waiting;
import tocsin.local.stack.ConsumerProgressClient;
import tocsin.local.stack.LocalStack;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.testsupport.CaughtMail;
import tocsin.testsupport.ReceivedRequest;

/** Plays the incident on a running stack and shows what comes of it. */
final class Demo {

    private static final Duration ARRIVAL_LIMIT = Duration.ofSeconds(60);
    private static final Duration INTAKE_LIMIT = Duration.ofSeconds(30);
    /** Many times what the first message takes, so that a second one would have come. */
    private static final Duration QUIET = Duration.ofSeconds(4);

    private final LocalStack stack;
    private final Clock clock;
    private final PrintWriter out;

    Demo(LocalStack stack, Clock clock, PrintWriter out) {
        this.stack = stack;
        this.clock = clock;
        this.out = out;
    }

    Verdict play() {
        Cast cast = register();
        fetch(cast);
        Arrivals.Watch watch = new Arrivals.Watch(stack.receiver(), stack.mail());
        Instant published = publish();
        Arrivals arrivals = await(watch, cast);
        show(arrivals, cast, published);
        Verdict verdict = Verdict.of(cast, arrivals, published);
        out.println();
        verdict.faults().forEach(fault -> out.println("  FAULT: " + fault));
        if (verdict.isGood()) {
            out.println("All that should arrive did, and in the " + QUIET.toSeconds() + " s after it nothing else: "
                    + cast.bystander().id() + " fetched other versions and heard nothing.");
        }
        out.flush();
        return verdict;
    }

    private Cast register() {
        heading("Registered, through the services' APIs and the links in their mails");
        try (PlatformClient platform = new PlatformClient(stack.addresses(), stack.issuer())) {
            Cast cast = new Casting(stack, platform, clock).register();
            for (Organisation organisation : List.of(cast.affected(), cast.bystander())) {
                out.println("  " + organisation.id() + ": webhook endpoint "
                        + organisation.endpoint().id() + ", mail to " + organisation.address() + " (confirmed)");
            }
            out.println("  a token of " + cast.affected().id() + ", and a person's token with a verified address, "
                    + cast.personalAddress());
            out.flush();
            return cast;
        }
    }

    private void fetch(Cast cast) {
        heading("Fetched, told through Kafka as a proxy would");
        List<DownloadObserved> downloads = Downloads.of(cast, clock.instant());
        try (DownloadProducer proxy = new DownloadProducer(stack.brokerAddress())) {
            downloads.forEach(proxy::observed);
        }
        downloads.forEach(download -> out.println("  " + describe(download, cast)));
        out.flush();
        // An advisory that overtakes the downloads would tell of them one by one, as late ones.
        stack.broker().awaitRecords(Topics.DOWNLOAD_RECORDED.name(), Downloads.RECORDED, INTAKE_LIMIT);
        try (ConsumerProgressClient progress = new ConsumerProgressClient(stack.brokerAddress())) {
            if (!progress.awaitCaughtUp("advisory-matcher", Topics.DOWNLOAD_RECORDED, INTAKE_LIMIT)) {
                throw new Complaint(
                        "the matcher did not take in the downloads within " + INTAKE_LIMIT.toSeconds() + " s");
            }
        }
    }

    private static String describe(DownloadObserved download, Cast cast) {
        String what = download.getRequest()
                .map(request -> "GET " + request.getPath())
                .orElseGet(() -> download.getPackageName().orElse("") + " "
                        + download.getVersion().orElse(""));
        String who = download.getOrgId()
                .orElseGet(() -> download.getTokenId().orElse("").equals(cast.personalToken())
                        ? "the person's token"
                        : "the token of " + cast.affected().id());
        return String.format(Locale.ROOT, "%-46s %s", what, who);
    }

    private Instant publish() {
        heading("Published, through Kafka as a feed would");
        try (AdvisoryProducer feed = new AdvisoryProducer(stack.brokerAddress())) {
            feed.publishNow(new FeedName("demo"), Incident.publishedAgain(clock.instant()));
            Instant published = clock.instant();
            out.println("  " + Incident.ID + ": " + Incident.PACKAGE + " " + Incident.AFFECTED
                    + " (the facts of 2018, with today's date)");
            out.flush();
            return published;
        }
    }

    private static Arrivals await(Arrivals.Watch watch, Cast cast) {
        boolean complete = Waiting.until(() -> watch.now().areComplete(cast), ARRIVAL_LIMIT);
        if (complete) {
            int due = watch.now().count();
            Waiting.until(() -> watch.now().count() > due, QUIET);
        }
        return watch.now();
    }

    private void show(Arrivals arrivals, Cast cast, Instant published) {
        heading("Arrived, by the time since the broker had the advisory");
        Stream.concat(
                        arrivals.webhooks().stream().map(webhook -> shown(webhook, cast)),
                        arrivals.mails().stream().map(Demo::shown))
                .sorted(Comparator.comparing(Shown::at))
                .forEach(shown -> {
                    out.printf(
                            Locale.ROOT,
                            "  +%.3f s  %s%n",
                            Duration.between(published, shown.at()).toMillis() / 1000.0,
                            shown.title());
                    shown.text().lines().forEach(line -> out.println("             " + line));
                    out.println();
                });
        out.flush();
    }

    private record Shown(Instant at, String title, String text) {}

    private static Shown shown(ReceivedRequest webhook, Cast cast) {
        String to = Stream.of(cast.affected(), cast.bystander())
                .filter(organisation -> organisation.isCalledBy(webhook.path()))
                .map(Organisation::id)
                .findFirst()
                .orElse("nobody known");
        return new Shown(
                webhook.receivedAt(),
                "webhook " + webhook.header("webhook-id").orElse("without id") + " to " + to,
                pretty(webhook.bodyText()));
    }

    private static Shown shown(CaughtMail mail) {
        return new Shown(
                mail.receivedAt(),
                "mail to " + String.join(", ", mail.to()) + ": " + mail.subject(),
                mail.text().orElse("(no text)"));
    }

    private static String pretty(String json) {
        try {
            JsonMapper mapper = JsonMapper.builder().build();
            return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(mapper.readTree(json));
        } catch (JsonProcessingException _) {
            return json;
        }
    }

    private void heading(String text) {
        out.println();
        out.println(text);
        out.flush();
    }
}
