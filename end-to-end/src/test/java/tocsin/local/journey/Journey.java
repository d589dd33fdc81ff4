package tocsin.local.journey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tocsin.local.api.Onboarding;
import tocsin.local.api.Organisation;
import tocsin.local.api.PlatformClient;
import tocsin.local.osv.AdvisoryProducer;
import tocsin.local.osv.FeedName;
import tocsin.local.osv.OsvRecord;
import tocsin.local.produce.DownloadProducer;
import tocsin.local.running.ClockFactory;
import tocsin.local.running.Waiting;
import tocsin.local.stack.ConsumerProgressClient;
import tocsin.local.stack.LocalStack;
import tocsin.local.stack.StackGuard;
import tocsin.local.stack.StackPlan;
import tocsin.local.stack.StackProgress;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.testsupport.CaughtMail;
import tocsin.testsupport.ReceivedRequest;

/** A stack, and what a journey does with it. */
final class Journey implements AutoCloseable {

    /** Enough for a machine that does other things beside; what is awaited comes in a fraction of it. */
    static final Duration LIMIT = Duration.ofMinutes(1);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final LocalStack stack;
    private final PlatformClient platform;
    private final DownloadProducer proxy;
    private final AdvisoryProducer feed;
    private final ConsumerProgressClient progress;
    private final Clock clock = ClockFactory.system();
    private String matcherGroup = "advisory-matcher";

    private Journey(LocalStack stack) {
        this.stack = stack;
        this.platform = new PlatformClient(stack.addresses(), stack.issuer());
        this.proxy = new DownloadProducer(stack.brokerAddress());
        this.feed = new AdvisoryProducer(stack.brokerAddress());
        this.progress = new ConsumerProgressClient(stack.brokerAddress());
    }

    /**
     * The one of all test classes that need no stack of their own, for a start costs a machine of two cores half a minute. Each has an
     * organisation and packages of its own, and leaves it working. It ends with the JVM.
     */
    static Journey shared() {
        return Shared.JOURNEY;
    }

    private static final class Shared {
        static final Journey JOURNEY = over(
                LocalStack.start(StackPlan.passing(Path.of("target", "journeys", "shared")), StackProgress.quiet()));
    }

    /** On a broker and a database that let each service do what it may. */
    static Journey start(Class<?> test, StackGuard guard) {
        return over(LocalStack.start(
                StackPlan.passing(Path.of("target", "journeys", test.getSimpleName()))
                        .guardedBy(guard),
                StackProgress.quiet()));
    }

    static Journey over(LocalStack stack) {
        return new Journey(stack);
    }

    LocalStack stack() {
        return stack;
    }

    PlatformClient platform() {
        return platform;
    }

    /** The matcher was started anew under another application id. */
    void matcherIs(String applicationId) {
        matcherGroup = applicationId;
    }

    /** In whole milliseconds, as messages have it. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** With an endpoint, a confirmed address and everything switched on. */
    Organisation organisation(String id) {
        return new Onboarding(stack, platform).register(id, id + "@example.org", "en");
    }

    void observe(DownloadObserved... downloads) {
        for (DownloadObserved download : downloads) {
            proxy.observed(download);
        }
    }

    void publish(OsvRecord.Sendable advisory) {
        feed.publishNow(new FeedName("journey"), advisory);
    }

    /** The matcher has taken in all that was fetched so far, so that what is published next comes after it. */
    void awaitTakenIn(DownloadObserved... downloads) {
        awaitRecorded(downloads);
        require(
                progress.awaitCaughtUp(matcherGroup, Topics.DOWNLOAD_RECORDED, LIMIT),
                "the matcher did not take in the downloads");
    }

    void awaitRecorded(DownloadObserved... downloads) {
        for (DownloadObserved download : downloads) {
            require(
                    Waiting.until(
                            () -> recorded().stream()
                                    .anyMatch(recorded -> recorded.getPackageName()
                                                    .equals(download.getPackageName()
                                                            .orElseThrow())
                                            && recorded.getVersion()
                                                    .equals(download.getVersion()
                                                            .orElseThrow())),
                            LIMIT),
                    download.getPackageName().orElseThrow() + " was not recorded");
        }
    }

    /** The matcher has let the advisories published so far go by the downloads that it has. */
    void awaitMatched(String packageName) {
        require(
                Waiting.until(
                        () -> read(Topics.ADVISORY_FANOUT).stream()
                                .anyMatch(record -> new String(record.key(), java.nio.charset.StandardCharsets.UTF_8)
                                        .equals("npm:" + packageName)),
                        LIMIT),
                "the advisory was not accepted");
        require(
                progress.awaitCaughtUp(matcherGroup, Topics.ADVISORY_FANOUT, LIMIT),
                "the matcher did not work through the advisory");
    }

    List<DownloadRecorded> recorded() {
        return decoded(Topics.DOWNLOAD_RECORDED, MessageCodec.of(DownloadRecorded.class));
    }

    List<ConsumerRecord<byte[], byte[]>> read(Topic topic) {
        return stack.broker().readAll(topic.name());
    }

    /** Those that can be decoded: tests put others beside them. */
    <T extends SpecificRecord> List<T> decoded(Topic topic, MessageCodec<T> codec) {
        return read(topic).stream()
                .flatMap(record -> {
                    try {
                        return java.util.stream.Stream.of(codec.decode(record.value()));
                    } catch (UndecodableMessageException _) {
                        return java.util.stream.Stream.empty();
                    }
                })
                .toList();
    }

    /** What came to an organisation's endpoint about a package. */
    List<ReceivedRequest> webhooks(Organisation organisation, String packageName) {
        return stack.receiver().received().stream()
                .filter(request -> organisation.isCalledBy(request.path()))
                .filter(request ->
                        json(request).at("/data/advisory/package_name").asText().equals(packageName))
                .toList();
    }

    ReceivedRequest awaitWebhook(Organisation organisation, String packageName) {
        require(
                Waiting.until(() -> !webhooks(organisation, packageName).isEmpty(), LIMIT),
                "no webhook about " + packageName + " came to " + organisation.id());
        return webhooks(organisation, packageName).getFirst();
    }

    List<CaughtMail> mails(String address, String packageName) {
        return stack.mail().messages().stream()
                .filter(mail -> mail.to().contains(address))
                .filter(mail -> mail.text().orElse("").contains(packageName))
                .toList();
    }

    CaughtMail awaitMail(String address, String packageName) {
        require(
                Waiting.until(() -> !mails(address, packageName).isEmpty(), LIMIT),
                "no mail about " + packageName + " came to " + address);
        return mails(address, packageName).getFirst();
    }

    /** The ledger of an organisation about a package, as {@code destination kind: state}, once it has so many rows in a final state. */
    Set<String> awaitLedger(Organisation organisation, String packageName, int rows) {
        require(
                Waiting.until(
                        () -> ledger(organisation, packageName).stream()
                                        .filter(row ->
                                                !row.path("state").asText().equals("pending"))
                                        .count()
                                >= rows,
                        LIMIT),
                "the ledger of " + organisation.id() + " is not settled: " + ledger(organisation, packageName));
        return ledger(organisation, packageName).stream()
                .map(row -> row.path("destination").asText() + ": "
                        + row.path("state").asText())
                .collect(Collectors.toSet());
    }

    List<JsonNode> ledger(Organisation organisation, String packageName) {
        return platform.notifications(organisation.id())
                .path("notifications")
                .valueStream()
                .filter(row -> row.path("subject").asText().contains("npm:" + packageName + " "))
                .toList();
    }

    static JsonNode json(ReceivedRequest request) {
        try {
            return JSON.readTree(request.bodyText());
        } catch (JsonProcessingException e) {
            throw new AssertionError("the webhook's body is no JSON: " + request.bodyText(), e);
        }
    }

    static void require(boolean held, java.util.function.Supplier<String> otherwise) {
        if (!held) {
            throw new AssertionError(otherwise.get());
        }
    }

    static void require(boolean held, String otherwise) {
        if (!held) {
            throw new AssertionError(otherwise);
        }
    }

    @Override
    public void close() {
        progress.close();
        feed.close();
        proxy.close();
        platform.close();
        stack.close();
    }
}
