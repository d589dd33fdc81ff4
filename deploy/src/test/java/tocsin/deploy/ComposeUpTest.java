package tocsin.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code deploy/compose-up.sh} against an engine that is played: what it starts, and when it says that all is well. The real one is tried by
 * {@code deploy/try-in-containers.sh}.
 */
class ComposeUpTest {

    /** A container's states, one for each look; the last one stays. */
    private static final String DOCKER = """
            #!/bin/sh
            here=$(dirname "$0")
            echo "docker $*" >>"$here/asked"
            if [ "$1" = compose ] && [ ! -e "$here/compose2" ] && [ -z "${PLAYED:-}" ]; then
                echo "docker: 'compose' is not a docker command" >&2
                exit 1
            fi
            state() {
                head -n 1 "$here/state/$1"
                [ "$(wc -l <"$here/state/$1")" -le 1 ] || sed -i 1d "$here/state/$1"
            }
            case "$1 $2" in
                "compose up") [ ! -e "$here/impatient" ] ;;
                "compose ps")
                    case "$3 $4" in
                        "--all --quiet") ls "$here/state" ;;
                        *) echo "$4" ;;
                    esac ;;
                "compose "*) ;;
                "image inspect") [ -e "$here/images" ] ;;
                "inspect --format")
                    case "$3" in
                        *Name*) echo "/tocsin_$4: $(state "$4")" ;;
                        *) [ -e "$here/state/$4" ] && state "$4" ;;
                    esac ;;
                "run --rm") echo '{"keyset": "of the sender"}' ;;
            esac
            """;

    private static final String COMPOSE_1 = """
            #!/bin/sh
            PLAYED=yes exec "$(dirname "$0")/docker" compose "$@"
            """;

    private static final String TOCSIN = "#!/bin/sh\necho \"tocsin $*\" >>\"$(dirname \"$0\")/bin/asked\"\n";

    @TempDir
    private Path root;

    record Ended(int exit, String text) {}

    @BeforeEach
    void anEngineWithImages() throws IOException {
        for (String script : List.of("compose-up.sh", "compose-secrets.sh")) {
            program("deploy/" + script, Sources.text("deploy/" + script));
        }
        program("tocsin", TOCSIN);
        program("bin/docker", DOCKER);
        write("bin/compose2", "");
        write("bin/images", "");
        Sources.SERVICES.forEach(service -> state(service, "healthy"));
        state("kafka", "healthy");
        state("topics", "exited 0");
        state("mail", "running 0");
    }

    @Test
    void startsEverythingAndEndsWhenAllIsWell() throws Exception {
        // Given
        state("webhook-sender", "starting\nstarting\nstarting\nhealthy");
        state("topics", "running 0\nexited 0");

        // When
        Ended up = up(Map.of());

        // Then
        assertEquals(0, up.exit(), up.text());
        assertEquals(1, asked("docker compose up"));
        assertEquals(1, asked("docker compose up --detach"));
        assertEquals(0, asked("docker compose up --detach "));
        assertTrue(asked("docker inspect --format {{.State.Health.Status}} webhook-sender") >= 2);
        assertEquals(0, asked("tocsin"));
    }

    /** Compose's own way of waiting takes the jobs for services. */
    @ParameterizedTest
    @CsvSource({
        "topics,         exited 1,     /tocsin_topics: exited 1",
        "mail,           restarting 1, /tocsin_mail: restarting 1",
        "kafka,          unhealthy,    /tocsin_kafka: unhealthy",
        "webhook-sender, starting,     webhook-sender: starting"
    })
    void saysWhoIsNotWellWhenTheTimeIsOver(String container, String state, String told) throws Exception {
        // Given
        state(container, state);

        // When
        Ended up = up(Map.of("COMPOSE_UP_SECONDS", "0"));

        // Then
        assertEquals(1, up.exit());
        assertTrue(up.text().lines().anyMatch(told::equals), up::text);
        assertEquals(1, asked("docker compose logs"));
    }

    /** Prometheus waits for services, and Compose for their health checks alone. */
    @Test
    void hasMorePatienceThanComposeItself() throws Exception {
        // Given
        write("bin/impatient", "");
        state("webhook-sender", "starting\nhealthy");

        // When
        Ended up = up(Map.of());

        // Then
        assertEquals(0, up.exit(), up.text());
    }

    @Test
    void aServiceWithoutAContainerIsNotWell() throws Exception {
        // Given
        Files.delete(root.resolve("bin/state/advisory-matcher"));

        // When
        Ended up = up(Map.of("COMPOSE_UP_SECONDS", "0"));

        // Then
        assertEquals(1, up.exit());
        assertTrue(up.text().contains("advisory-matcher: missing"), up::text);
    }

    @Test
    void takesTheComposeThatIsHere() throws Exception {
        // Given
        Files.delete(root.resolve("bin/compose2"));
        program("bin/docker-compose", COMPOSE_1);

        // When
        Ended up = up(Map.of());

        // Then
        assertEquals(0, up.exit(), up.text());
        assertEquals(1, asked("docker compose up --detach"));
    }

    @Test
    void makesImagesThatAreMissing() throws Exception {
        // Given
        Files.delete(root.resolve("bin/images"));

        // When
        Ended up = up(Map.of("TOCSIN_IMAGES", "registry.example.com/tocsin", "TOCSIN_TAG", "1.2"));

        // Then
        assertEquals(0, up.exit(), up.text());
        assertEquals(1, asked("tocsin images --registry registry.example.com/tocsin --tag 1.2"));
    }

    @Test
    void makesSecretsOnceInAFolderThatNobodyElseReads() throws Exception {
        // When
        Ended first = up(Map.of());
        String keyset = Files.readString(root.resolve("deploy/secrets/sender-keyset.json"));
        String password = Files.readString(root.resolve("deploy/secrets/sender-password"));
        Ended second = up(Map.of());

        // Then
        assertEquals(0, first.exit() + second.exit(), first.text() + second.text());
        assertTrue(keyset.contains("of the sender") && password.length() >= 40);
        assertEquals(password, Files.readString(root.resolve("deploy/secrets/sender-password")));
        assertTrue(Files.readString(root.resolve("deploy/secrets/webhook-sender.yml"))
                .contains(password));
        assertEquals(1, asked("docker run --rm --network none"));
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("deploy/secrets"))));
    }

    private Ended up(Map<String, String> variables) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder("sh", root.resolve("deploy/compose-up.sh").toString()).redirectErrorStream(true);
        Map<String, String> environment = new HashMap<>(variables);
        environment.put("PATH", root.resolve("bin") + ":/usr/bin:/bin");
        environment.putIfAbsent("COMPOSE_UP_SECONDS", "30");
        environment.put("COMPOSE_UP_PAUSE", "0.1");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("compose-up.sh does not end: " + text);
        }
        return new Ended(process.exitValue(), text);
    }

    /** How often. */
    private long asked(String beginning) throws IOException {
        return Files.readString(root.resolve("bin/asked"))
                .lines()
                .filter(line -> line.startsWith(beginning))
                .count();
    }

    private void state(String container, String states) {
        try {
            write("bin/state/" + container, states + "\n");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void program(String file, String text) throws IOException {
        write(file, text);
        assertTrue(root.resolve(file).toFile().setExecutable(true));
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
