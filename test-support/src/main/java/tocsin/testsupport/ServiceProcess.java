package tocsin.testsupport;

/** Our services as processes of their own: small, quick to start, reached from this machine alone, and known to one broker and one issuer. */
public final class ServiceProcess {

    private ServiceProcess() {}

    /**
     * How to start one; it wants its other settings.
     *
     * @param name for error messages and the output's file
     * @param port where it listens
     */
    public static ChildProcess.Builder of(
            String name, Class<?> main, int port, KafkaBroker broker, TokenIssuer issuer) {
        return ChildProcess.named(name)
                .main(main)
                .jvmOptions(
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow")
                .env("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers())
                .env("TOCSIN_SECURITY_ISSUER", issuer.issuer())
                .env("TOCSIN_SECURITY_AUDIENCE", issuer.audience())
                .env("TOCSIN_SECURITY_JWKS_URL", issuer.jwksUrl())
                .env("MICRONAUT_SERVER_HOST", "127.0.0.1")
                .env("MICRONAUT_SERVER_PORT", Integer.toString(port));
    }
}
