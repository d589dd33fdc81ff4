package tocsin.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** {@code deploy/compose.yaml}: what it names is there, it starts in an order in which it can, and gives nobody more than he needs. */
class ComposeTest {

    private static final List<String> SERVICES = Sources.SERVICES;
    private static final Map<?, ?> FILE = read("deploy/compose.yaml");
    private static final Path COMPOSE = Path.of("/usr/bin/docker-compose");

    /** Of Compose's specification, those that we use: whatever else stands there is misspelt. */
    private static final Set<String> KEYS = Set.of(
            "cap_drop",
            "command",
            "depends_on",
            "entrypoint",
            "environment",
            "extra_hosts",
            "healthcheck",
            "image",
            "mem_limit",
            "network_mode",
            "networks",
            "ports",
            "profiles",
            "read_only",
            "restart",
            "secrets",
            "security_opt",
            "stop_grace_period",
            "tmpfs",
            "user",
            "volumes");

    @Test
    void runsEveryPart() {
        Set<String> parts = new TreeSet<>(SERVICES);
        parts.addAll(Set.of("kafka", "postgres", "topics", "matcher-folder", "mail", "prometheus", "grafana"));

        assertEquals(parts, services().keySet());
    }

    @Test
    void saysOnlyWhatComposeKnows() {
        services().forEach((name, service) -> {
            Set<String> unknown = new TreeSet<>();
            service.keySet().forEach(key -> unknown.add(String.valueOf(key)));
            unknown.removeAll(KEYS);
            assertEquals(Set.of(), unknown, name);
        });
    }

    /** A JVM without a bound takes its share of the whole machine, and four of them more than all of it. */
    @Test
    void boundsTheMemoryOfEveryPart() {
        services()
                .forEach((name, service) -> assertTrue(
                        text(service, "mem_limit").matches("[1-9][0-9]*[mg]|\\$\\{[A-Z_]+:-[1-9][0-9]*[mg]}"), name));
    }

    /** Each image is a parameter, so that a site without the public registries has its own. */
    @Test
    void takesEveryImageByParameter() {
        services().forEach((name, service) -> assertTrue(text(service, "image").startsWith("${"), name));
        SERVICES.forEach(service ->
                assertTrue(text(part(service), "image").contains("/" + service + ":${TOCSIN_TAG:-"), service));
    }

    /** Who waits for a healthy one waits for ever if nobody asks whether it is; who waits for an end, if it is started again. */
    @Test
    void waitsForWhatComesAbout() {
        services()
                .forEach((name, service) -> dependencies(service).forEach((needed, condition) -> {
                    Map<?, ?> other = part(needed);
                    switch (condition) {
                        case "service_healthy" ->
                            assertTrue(other.containsKey("healthcheck"), name + " waits for " + needed);
                        case "service_completed_successfully" ->
                            assertEquals("no", text(other, "restart"), name + " waits for " + needed);
                        default -> assertEquals("service_started", condition, name + " waits for " + needed);
                    }
                }));
    }

    @ParameterizedTest
    @FieldSource("SERVICES")
    void aServiceStartsWhenItsTopicsAreThere(String service) {
        assertEquals(
                "service_completed_successfully", dependencies(part(service)).get("topics"));
        assertEquals("service_healthy", dependencies(part("topics")).get("kafka"));
    }

    @ParameterizedTest
    @FieldSource("SERVICES")
    void tellsAServiceWhatItReads(String service) {
        // Given
        Predicate<String> read = ServiceSettings.readBy(service);

        // When
        List<String> unread = map(part(service).get("environment")).keySet().stream()
                .map(String::valueOf)
                .filter(read.negate())
                .toList();

        // Then
        assertEquals(List.of(), unread);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"download-tracker", "advisory-matcher", "notification-dispatcher", "webhook-sender", "topics"})
    void givesOurOwnNoRights(String name) {
        Map<?, ?> service = part(name);

        assertEquals(true, service.get("read_only"));
        assertEquals(List.of("ALL"), service.get("cap_drop"));
        assertEquals(List.of("no-new-privileges:true"), service.get("security_opt"));
        assertTrue(list(service, "tmpfs").getFirst().startsWith("/tmp:exec"), name);
        assertTrue(!service.containsKey("user"), name);
    }

    @Test
    void publishesPortsOnThisMachineOnly() {
        services()
                .forEach((name, service) -> list(service, "ports")
                        .forEach(port -> assertTrue(port.startsWith("127.0.0.1:"), name + " publishes " + port)));
        assertEquals(true, map(map(FILE.get("networks")).get("inside")).get("internal"));
    }

    @Test
    void keepsSecretsInFilesThatTheScriptMakes() {
        // Given
        String script = Sources.text("deploy/compose-secrets.sh");
        Map<?, ?> secrets = map(FILE.get("secrets"));

        // When
        Set<String> used = new TreeSet<>();
        services().values().forEach(service -> used.addAll(list(service, "secrets")));

        // Then
        assertEquals(
                used,
                new TreeSet<>(secrets.keySet().stream().map(String::valueOf).toList()));
        used.forEach(secret -> {
            assertEquals("./secrets/" + secret, text(map(secrets.get(secret)), "file"));
            assertTrue(script.contains(secret), secret + " is made by nobody");
        });
        services()
                .forEach((name, service) -> map(service.get("environment")).forEach((variable, value) -> {
                    String spelt = String.valueOf(variable);
                    boolean secret = spelt.matches(".*(PASSWORD|SECRET|_KEY|JAAS).*") && !spelt.endsWith("_FILE");
                    assertTrue(
                            !secret || String.valueOf(value).startsWith("/run/secrets/"), name + " shows " + variable);
                }));
    }

    @Test
    void mountsWhatIsThere() {
        // Given
        Set<String> volumes = new TreeSet<>();
        map(FILE.get("volumes")).keySet().forEach(name -> volumes.add(String.valueOf(name)));

        services().forEach((name, service) -> {
            for (String mount : list(service, "volumes")) {
                // When
                String what = mount.split(":", -1)[0];

                // Then
                assertTrue(
                        what.startsWith("./")
                                ? Sources.path("deploy").resolve(what).toFile().exists()
                                : volumes.contains(what),
                        name + " mounts " + what);
            }
        });
    }

    @Test
    void watchesEveryServiceUnderTheNameThatTheRulesUse() {
        // When
        List<String> jobs = new ArrayList<>();
        for (Object each : listOf(read("deploy/compose/prometheus.yml"), "scrape_configs")) {
            Map<?, ?> job = map(each);
            jobs.add(text(job, "job_name"));
            assertTrue(job.toString().contains(text(job, "job_name") + ":8080"), job::toString);
        }

        // Then
        assertEquals(SERVICES, jobs);
    }

    @Test
    void isWatchedAsPrometheusUnderstands() throws Exception {
        assumeTrue(Promtool.isHere(), Promtool.MISSING);

        // When: without what it reads besides, which lies elsewhere here
        Promtool.Said said =
                Promtool.run(Sources.path("deploy/compose"), "check", "config", "--syntax-only", "prometheus.yml");

        // Then
        assertEquals(0, said.exit(), said::text);
    }

    /** By Compose 1.29, the first that knows of jobs that end: what it reads, those after it do, too. */
    @ParameterizedTest
    @CsvSource({"https://id.example.com, 0, advisory-matcher", "'', 1, who issues bearer tokens"})
    void isReadByTheComposeThatIsHere(String issuer, int exit, String told) throws Exception {
        assumeTrue(Files.isExecutable(COMPOSE), COMPOSE + " is not here (Debian: apt-get install docker-compose)");

        // When
        ProcessBuilder config = new ProcessBuilder(COMPOSE.toString(), "--file", "compose.yaml", "config")
                .directory(Sources.path("deploy").toFile())
                .redirectErrorStream(true);
        config.environment().putAll(Map.of("TOCSIN_ISSUER", issuer, "TOCSIN_JWKS_URL", "https://id.example.com/keys"));
        Process process = config.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        // Then
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(exit, process.exitValue(), said);
        assertTrue(said.contains(told), said);
    }

    private static Map<String, Map<?, ?>> services() {
        Map<String, Map<?, ?>> services = new TreeMap<>();
        map(FILE.get("services")).forEach((name, service) -> services.put(String.valueOf(name), map(service)));
        return services;
    }

    private static Map<?, ?> part(String name) {
        Map<?, ?> part = services().get(name);
        if (part == null) {
            throw new AssertionError("there is no " + name);
        }
        return part;
    }

    /** By name, for what each is waited. */
    private static Map<String, String> dependencies(Map<?, ?> service) {
        Map<String, String> dependencies = new TreeMap<>();
        if (service.get("depends_on") instanceof List<?> names) {
            names.forEach(name -> dependencies.put(String.valueOf(name), "service_started"));
        } else {
            map(service.get("depends_on"))
                    .forEach((name, how) -> dependencies.put(String.valueOf(name), text(map(how), "condition")));
        }
        return dependencies;
    }

    private static Map<?, ?> read(String file) {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        return map(new Yaml(strict).load(Sources.text(file)));
    }

    private static Map<?, ?> map(@org.jspecify.annotations.Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> listOf(Map<?, ?> map, String key) {
        return map.get(key) instanceof List<?> list ? list : List.of();
    }

    private static List<String> list(Map<?, ?> map, String key) {
        return listOf(map, key).stream().map(String::valueOf).toList();
    }

    private static String text(Map<?, ?> map, String key) {
        return Stream.ofNullable(map.get(key)).map(String::valueOf).findFirst().orElse("");
    }
}
