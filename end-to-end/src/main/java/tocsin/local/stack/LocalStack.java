package tocsin.local.stack;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tocsin.local.running.BrokerAddress;
import tocsin.local.running.ClockFactory;
import tocsin.schemas.Topics;
import tocsin.testsupport.Answer;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.MailCatcher;
import tocsin.testsupport.PostgresServer;
import tocsin.testsupport.TokenIssuer;
import tocsin.testsupport.WebhookReceiver;

/**
 * Broker, database, mail catcher, token issuer and sample receiver in this process or beside it, and the four services as
 * processes of their own. What it started it stops, also when it could not start the rest. One thread's business.
 */
public final class LocalStack implements AutoCloseable {

    private static final String DATABASE = "tocsin";

    private final StackPlan plan;
    private final StackProgress progress;
    private final long startedAt = System.nanoTime();
    private final StackDirectory directory;
    private final StackParts parts = new StackParts(this::stopServices);

    private final KafkaBroker broker;
    private final PostgresServer database;
    private final MailCatcher mail;
    private final TokenIssuer issuer;
    private final WebhookReceiver receiver;
    private final ServiceSettings settings;
    private final Map<String, ServiceProcess> services = new ConcurrentHashMap<>();
    private final List<ServiceProcess> instances = new CopyOnWriteArrayList<>();

    /** Returns when all four services are ready. @throws Complaint if something does not start; then nothing of it runs any more */
    public static LocalStack start(StackPlan plan, StackProgress progress) {
        return new LocalStack(plan, progress);
    }

    private LocalStack(StackPlan plan, StackProgress progress) {
        this.plan = plan;
        this.progress = progress;
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
            this.directory = parts.add("directory", StackDirectory.open(plan.data()));
            StackPorts ports = plan.ports();
            LocalAuthority authority = LocalAuthority.loadOrCreate(directory.path());
            CompletableFuture<PostgresServer> starting =
                    CompletableFuture.supplyAsync(() -> startDatabase(ports.database()), starters);
            try {
                this.broker = startBroker(authority, ports.broker());
            } finally {
                // Whatever becomes of the broker, the database that was started is ours to stop.
                starting.handle((server, failure) -> server).join();
            }
            this.database = starting.join();
            this.mail = parts.add("mail catcher", MailCatcher.start(ports.mail()));
            this.issuer = parts.add("token issuer", TokenIssuer.start(directory.path(), ports.issuer()));
            this.receiver = parts.add(
                    "sample receiver",
                    WebhookReceiver.answering(
                            authority, ClockFactory.system(), ports.receiver(), List.of(Answer.of(200))));
            this.settings = settings(authority);
            startServices();
        } catch (CompletionException e) {
            close();
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        } finally {
            parts.startIsOver();
        }
    }

    private KafkaBroker startBroker(LocalAuthority authority, int port) {
        if (plan.guard().isPresent()) {
            KafkaBroker guarded = parts.add("kafka", plan.guard().get().startBroker(authority, directory.path()));
            tell("kafka is up and guarded, " + guarded.bootstrapServers());
            return guarded;
        }
        KafkaBroker started = parts.add(
                "kafka",
                plan.asTests()
                        ? KafkaBroker.start()
                        : KafkaBroker.start(directory.path().resolve("kafka"), port));
        new TopicFactory(started.bootstrapServers()).createMissing();
        tell("kafka is up with " + Topics.all().size() + " topics, " + started.bootstrapServers());
        return started;
    }

    private PostgresServer startDatabase(int port) {
        PostgresServer started = parts.add(
                "postgresql",
                plan.asTests()
                        ? PostgresServer.start()
                        : PostgresServer.start(directory.path().resolve("postgres"), port));
        started.createDatabase(DATABASE);
        plan.guard().ifPresent(guard -> guard.prepare(started, DATABASE));
        tell("postgresql is up, 127.0.0.1:" + started.port());
        return started;
    }

    private void startServices() {
        for (String name : Topics.SERVICES) {
            services.put(name, startService(name, plan.ports().of(name), 1));
        }
        try (ExecutorService waiters = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<?>[] ready = services.values().stream()
                    .map(service -> CompletableFuture.runAsync(
                            () -> {
                                service.awaitReady();
                                tell(service.name() + " is ready, " + service.url() + ", process " + service.pid());
                            },
                            waiters))
                    .toArray(CompletableFuture[]::new);
            CompletableFuture.allOf(ready).join();
        }
    }

    private ServiceProcess startService(String name, int port, int instance) {
        Map<String, String> environment = new HashMap<>(settings.of(name, instance));
        if (plan.guard().isPresent()) {
            environment.putAll(plan.guard().get().settingsOf(name));
        } else if (instance == 1) {
            // A member that was killed is known again when it comes back, and the others need not wait until it is
            // given up. One that goes for good must say so, and one without a name does.
            environment.put("KAFKA_CLIENT_GROUP_INSTANCE_ID", name);
        }
        Path log = plan.logs().resolve((instance == 1 ? name : name + "-" + instance) + ".log");
        ServiceProcess service = parts.add(
                name, new ServiceProcess(name, plan.home().jarOf(name), port, log, plan.passing(), environment));
        instances.add(service);
        service.start();
        // Started after everything was stopped: it is stopped with the rest of the parts.
        StackParts.goOn();
        return service;
    }

    /**
     * Starts one more instance of a service, on a free port, beside {@link #service}; it is not ready yet.
     *
     * @param name one of {@link Topics#SERVICES}
     */
    public ServiceProcess startAnother(String name) {
        service(name);
        int others = (int) instances.stream()
                .filter(instance -> instance.name().equals(name))
                .count();
        return startService(name, FreePorts.one(), others + 1);
    }

    private ServiceSettings settings(LocalAuthority authority) {
        StackSecrets secrets = new StackSecrets(directory.path());
        return new ServiceSettings(
                new ServiceSettings.Surroundings(
                        broker.bootstrapServers(),
                        database.jdbcUrl(DATABASE),
                        database.username(),
                        database.password(),
                        mail.host(),
                        mail.port(),
                        issuer.issuer(),
                        issuer.audience(),
                        issuer.jwksUrl(),
                        plan.ports().dispatcher()),
                directory.path(),
                authority.writeTrustStore(directory.path().resolve("trust.p12")),
                secrets.senderKeyset(plan.home().jarOf(ServiceSettings.SENDER)),
                secrets.confirmationKey());
    }

    private void tell(String what) {
        synchronized (progress) {
            progress.happened(what, Duration.ofNanos(System.nanoTime() - startedAt));
        }
    }

    public StackAddresses addresses() {
        return new StackAddresses(
                service(ServiceSettings.TRACKER).url(),
                service(ServiceSettings.MATCHER).url(),
                service(ServiceSettings.DISPATCHER).url(),
                service(ServiceSettings.SENDER).url(),
                broker.bootstrapServers(),
                database.jdbcUrl(DATABASE),
                mail.host() + ":" + mail.port(),
                URI.create(issuer.jwksUrl()),
                URI.create(receiver.url()));
    }

    /** For whoever produces and consumes. */
    public BrokerAddress brokerAddress() {
        return new BrokerAddress(
                broker.bootstrapServers(),
                "",
                plan.guard().map(StackGuard::operatorSettings).orElse(Map.of()));
    }

    public KafkaBroker broker() {
        return broker;
    }

    public PostgresServer database() {
        return database;
    }

    public MailCatcher mail() {
        return mail;
    }

    public TokenIssuer issuer() {
        return issuer;
    }

    public WebhookReceiver receiver() {
        return receiver;
    }

    /** @param name one of {@link Topics#SERVICES} */
    public ServiceProcess service(String name) {
        ServiceProcess service = services.get(name);
        if (service == null) {
            throw new IllegalArgumentException("there is no service " + name);
        }
        return service;
    }

    /**
     * All that were started of it and live, the eldest first.
     *
     * @param name one of {@link Topics#SERVICES}
     */
    public List<ServiceProcess> instances(String name) {
        service(name);
        return instances.stream()
                .filter(instance -> instance.name().equals(name) && instance.isAlive())
                .toList();
    }

    private void stopServices() {
        try (ExecutorService stoppers = Executors.newVirtualThreadPerTaskExecutor()) {
            instances.forEach(service -> stoppers.execute(() -> {
                if (!service.stop()) {
                    tell(service.name() + " did not stop when asked to and was killed");
                }
            }));
        }
    }

    /**
     * Stops the services together, then what they need; everything is stopped when it returns, whatever went wrong on the way. While
     * the JVM ends it does nothing: there the same is done already.
     */
    @Override
    public void close() {
        parts.close();
    }
}
