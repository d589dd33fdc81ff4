package tocsin.local.journey;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.jspecify.annotations.Nullable;
import tocsin.local.CommandRun;
import tocsin.local.access.AccessCommand;
import tocsin.local.running.Home;
import tocsin.local.stack.StackGuard;
import tocsin.local.topics.TopicsCommand;
import tocsin.testsupport.BrokerGuard;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.PostgresServer;

/** A cluster and a database as an operator sets them up: by the commands and files that we give him, and by nothing else. */
final class LeastPrivilege implements StackGuard {

    static final String ROLE_PASSWORD = "of-one-role";

    /** Known to the broker by its name; the others by their certificates. */
    static final String BY_PASSWORD = "webhook-sender";

    static final String PASSWORD = "of-the-sender";
    private static final long LIMIT_SECONDS = 20;

    private final Map<String, String> settingsOfAll;
    private @Nullable BrokerGuard guard;
    private String[] where = {};

    /** @param settingsOfAll what every service is told besides */
    LeastPrivilege(Map<String, String> settingsOfAll) {
        this.settingsOfAll = Map.copyOf(settingsOfAll);
    }

    BrokerGuard guard() {
        return Objects.requireNonNull(guard, "the broker was not started");
    }

    static String roleOf(String service) {
        return service.replace('-', '_');
    }

    @Override
    public KafkaBroker startBroker(LocalAuthority authority, Path directory) {
        guard = new BrokerGuard(authority, directory);
        KafkaBroker broker = KafkaBroker.startGuarded(guard);
        Path operator = properties(directory.resolve("operator.properties"), operatorSettings());
        where = new String[] {"--bootstrap", broker.bootstrapServers(), "--client-config", operator.toString()};
        require(CommandRun.of(new TopicsCommand(), command("apply", "--profile", "dev")));
        require(access("apply"));
        giveOutPassword(broker.bootstrapServers());
        return broker;
    }

    /** To one of the services, which then comes by name and password. */
    private void giveOutPassword(String broker) {
        Map<String, Object> settings = new HashMap<>(operatorSettings());
        settings.put("bootstrap.servers", broker);
        try (Admin admin = Admin.create(settings)) {
            ScramCredentialInfo how = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4_096);
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(BY_PASSWORD, how, PASSWORD)))
                    .all()
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("cannot give out a password", e);
        }
        require(CommandRun.of(new AccessCommand(), command("apply")));
    }

    /** {@code ./tocsin access}, by the operator, for those who are known by their certificates. */
    CommandRun access(String command, String... more) {
        return CommandRun.of(
                new AccessCommand(),
                command(
                        command,
                        Stream.concat(Stream.of("--principal", "User:CN={service}"), Stream.of(more))
                                .toArray(String[]::new)));
    }

    private String[] command(String command, String... more) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of(where));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static void require(CommandRun run) {
        assertEquals(0, run.exitCode(), () -> run.out() + run.err());
    }

    private static Path properties(Path file, Map<String, String> settings) {
        Properties properties = new Properties();
        properties.putAll(settings);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, String> operatorSettings() {
        return guard().clientSettings(BrokerGuard.OPERATOR);
    }

    @Override
    public void prepare(PostgresServer server, String database) {
        try (Connection connection = server.dataSource(database).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    Files.readString(Home.find().path().resolve("deploy").resolve("postgres/roles.sql")));
            for (String service : new String[] {"download-tracker", "notification-dispatcher", "webhook-sender"}) {
                statement.execute("alter role " + roleOf(service) + " password '" + ROLE_PASSWORD + "'");
            }
        } catch (SQLException | IOException e) {
            throw new IllegalStateException("cannot make the roles", e);
        }
    }

    @Override
    public Map<String, String> settingsOf(String service) {
        Map<String, String> settings = new HashMap<>(settingsOfAll);
        Map<String, String> access = guard().clientSettings(service);
        if (service.equals(BY_PASSWORD)) {
            access = guard().passwordSettings(service, PASSWORD);
            settings.put("KAFKA_BOOTSTRAP_SERVERS", guard().passwordAddress());
        }
        access.forEach((name, value) -> settings.put(
                "KAFKA_CLIENT_" + name.toUpperCase(java.util.Locale.ROOT).replace('.', '_'), value));
        switch (service) {
            case "download-tracker" -> {
                settings.put("TOCSIN_HISTORY_USERNAME", roleOf(service));
                settings.put("TOCSIN_HISTORY_PASSWORD", ROLE_PASSWORD);
            }
            case "notification-dispatcher", "webhook-sender" -> {
                settings.put("DATASOURCES_DEFAULT_USERNAME", roleOf(service));
                settings.put("DATASOURCES_DEFAULT_PASSWORD", ROLE_PASSWORD);
            }
            default -> {}
        }
        return settings;
    }
}
