package tocsin.local.stack;

import java.nio.file.Path;
import java.util.Map;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.PostgresServer;

/** Stands between a stack's services and its servers, and lets each do what it may. A stack without one lets everybody do everything. */
public interface StackGuard {

    /**
     * @param directory where it may keep what it needs; goes with the stack
     * @return with all that services find on a broker; the stack closes it
     */
    KafkaBroker startBroker(LocalAuthority authority, Path directory);

    /** Kafka's settings for whoever runs the stack and may do everything. */
    Map<String, String> operatorSettings();

    /** Done before a service starts. */
    void prepare(PostgresServer server, String database);

    /** As whom a service comes, as environment variables; they win over what it is told else. */
    Map<String, String> settingsOf(String service);
}
