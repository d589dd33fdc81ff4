package tocsin.local.produce;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tocsin.local.running.BrokerOptions;
import tocsin.local.running.ClockFactory;
import tocsin.local.running.RecordPlace;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.Principal;

/** {@code produce download}: somebody fetched a version of a package. */
@Command(
        name = "download",
        mixinStandardHelpOptions = true,
        description = {
            "Says, as a proxy would, that a version of a package was fetched.",
            "By whom: --org with --principal, or --token-id of a registered token."
        })
final class ProduceDownloadCommand implements Callable<Integer> {

    private final Clock clock = ClockFactory.system();

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Parameters(index = "0", paramLabel = "ECOSYSTEM", description = "npm or pypi.")
    private String ecosystem = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Package, npm scope included.")
    private String name = "";

    @Parameters(index = "2", paramLabel = "VERSION")
    private String version = "";

    @Option(names = "--org", paramLabel = "ID", description = "Organisation that fetched; needs --principal.")
    private @Nullable String org;

    @Option(
            names = "--principal",
            paramLabel = "TYPE:ID",
            description = "Who of it: human, ci_cd, org_token or anonymous, and a stable id.")
    private @Nullable String principal;

    @Option(names = "--principal-name", paramLabel = "NAME", description = "Display name of the principal.")
    private @Nullable String principalName;

    @Option(names = "--email", paramLabel = "ADDRESS", description = "Address of a human principal.")
    private @Nullable String email;

    @Option(names = "--repository", paramLabel = "OWNER/NAME", description = "Source repository of a ci_cd principal.")
    private @Nullable String repository;

    @Option(names = "--token-id", paramLabel = "SHA256", description = "SHA-256 of the token used, never the token.")
    private @Nullable String tokenId;

    @Option(names = "--fetched-at", paramLabel = "INSTANT", description = "ISO-8601, default now.")
    private @Nullable Instant fetchedAt;

    @Option(
            names = "--source",
            paramLabel = "NAME",
            description = "Name of the proxy, default ${DEFAULT-VALUE}.",
            defaultValue = "command-line")
    private String source = "command-line";

    @Option(
            names = "--event-id",
            paramLabel = "ID",
            description = "The same again for the same download; default: made from the facts.")
    private @Nullable String eventId;

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the specification before it calls");
        }
        if ((org == null) != (principal == null)) {
            throw new ParameterException(spec.commandLine(), "--org and --principal belong together");
        }
        DownloadObserved download = DownloadObserved.newBuilder()
                .setEventId(eventId)
                .setSource(source)
                .setFetchedAt(fetchedAt == null ? clock.instant() : fetchedAt)
                .setEcosystem(ecosystem)
                .setPackageName(name)
                .setVersion(version)
                .setOrgId(org)
                .setPrincipal(principal == null ? null : principalOf(principal, spec))
                .setTokenId(tokenId)
                .build();
        try (DownloadProducer producer = new DownloadProducer(broker.address())) {
            RecordPlace place = producer.observed(download);
            PrintWriter out = spec.commandLine().getOut();
            out.println("Sent to " + place.topic() + " " + place.inTopic() + ".");
            out.flush();
        }
        return 0;
    }

    private Principal principalOf(String text, CommandSpec command) {
        PrincipalText who = PrincipalText.parse(text)
                .orElseThrow(() -> new ParameterException(
                        command.commandLine(),
                        "--principal is TYPE:ID, TYPE one of human, ci_cd, org_token and anonymous"));
        return Principal.newBuilder()
                .setType(who.type())
                .setId(who.id())
                .setName(principalName)
                .setEmail(email)
                .setRepository(repository)
                .build();
    }
}
