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
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
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

    private @Nullable BrokerGuard guard;

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
        String[] where = {"--bootstrap", broker.bootstrapServers(), "--client-config", operator.toString()};
        require(CommandRun.of(new TopicsCommand(), all("apply", where, "--profile", "dev")));
        require(CommandRun.of(new AccessCommand(), all("apply", where, "--principal", "User:CN={service}")));
        return broker;
    }

    private static String[] all(String command, String[] where, String... more) {
        String[] all = new String[1 + where.length + more.length];
        all[0] = command;
        System.arraycopy(where, 0, all, 1, where.length);
        System.arraycopy(more, 0, all, 1 + where.length, more.length);
        return all;
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
        Map<String, String> settings = new HashMap<>();
        guard().clientSettings(service)
                .forEach((name, value) -> settings.put(
                        "KAFKA_CLIENT_"
                                + name.toUpperCase(java.util.Locale.ROOT).replace('.', '_'),
                        value));
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
