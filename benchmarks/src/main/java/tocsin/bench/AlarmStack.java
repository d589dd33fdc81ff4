package tocsin.bench;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tocsin.testsupport.Answer;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.MailCatcher;
import tocsin.testsupport.PostgresServer;
import tocsin.testsupport.WebhookReceiver;

/**
 * All four services as they are shipped, with a broker, a database that writes to the disk at every commit, a receiver over HTTPS and a mail server; and one
 * organisation whose webhook is on.
 */
final class AlarmStack implements AutoCloseable {

    static final String ORG = "org-alarmed";

    private final Resources resources = new Resources();
    private final KafkaBroker broker;
    private final WebhookReceiver receiver;
    private final MailCatcher mails;

    /** @param jvm of a service, by its name in the chart */
    AlarmStack(Clock clock, Function<String, UnaryOperator<ChildProcess.Builder>> jvm) {
        try (ExecutorService starts = Executors.newVirtualThreadPerTaskExecutor()) {
            broker = resources.keep(IngestCommand.brokerWithTopics());
            PostgresServer postgres = resources.keep(PostgresServer.startDurable());
            LocalAuthority authority = LocalAuthority.create();
            receiver = resources.keep(WebhookReceiver.answering(authority, clock, 0, List.of(Answer.of(200))));
            mails = resources.keep(MailCatcher.start(0, clock));
            CompletableFuture<TrackerServer> tracker = start(
                    starts,
                    () -> TrackerServer.withoutHistory(
                            broker, jvm.apply("downloadTracker"), IngestCommand.logs("download-tracker.log")));
            CompletableFuture<MatcherServer> matcher = start(
                    starts,
                    () -> new MatcherServer(
                            broker, jvm.apply("advisoryMatcher"), IngestCommand.logs("advisory-matcher.log")));
            CompletableFuture<SenderServer> sender = start(
                    starts,
                    () -> new SenderServer(
                            broker,
                            postgres,
                            authority,
                            Map.of(),
                            jvm.apply("webhookSender"),
                            IngestCommand.logs("webhook-sender.log")));
            CompletableFuture<DispatcherServer> dispatcher = start(
                    starts,
                    () -> new DispatcherServer(
                            broker,
                            postgres,
                            mails.port(),
                            jvm.apply("notificationDispatcher"),
                            IngestCommand.logs("notification-dispatcher.log")));
            // Whatever became of one, none is still on its way when this is closed.
            CompletableFuture.allOf(tracker, matcher, sender, dispatcher).join();
            dispatcher.join().entitle(ORG);
            try (EndpointClient endpoints = sender.join().endpoints(ORG)) {
                dispatcher
                        .join()
                        .tell(ORG, endpoints.register(1, receiver.url()).getFirst());
            }
        } catch (CompletionException e) {
            resources.close();
            // The error of a service that does not start is what a person must see.
            if (e.getCause() instanceof AssertionError cause) {
                throw cause;
            }
            throw e;
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    private <T extends AutoCloseable> CompletableFuture<T> start(ExecutorService starts, Supplier<T> server) {
        return CompletableFuture.supplyAsync(() -> resources.keep(server.get()), starts);
    }

    KafkaBroker broker() {
        return broker;
    }

    WebhookReceiver receiver() {
        return receiver;
    }

    MailCatcher mails() {
        return mails;
    }

    @Override
    public void close() {
        resources.close();
    }
}
