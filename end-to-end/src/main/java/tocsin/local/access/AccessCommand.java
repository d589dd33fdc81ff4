package tocsin.local.access;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tocsin.local.running.BrokerAddress;
import tocsin.local.running.BrokerOptions;
import tocsin.local.running.Complaint;
import tocsin.local.running.Home;
import tocsin.local.running.Waiting;

/** {@code access}: what each service may do on a cluster, as {@code deploy/access.yaml} says. */
@Command(
        name = "access",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(plan | apply)",
        description = "Grants each service's principal what deploy/access.yaml says, and no more.")
public final class AccessCommand {

    private static final String SERVICE = "{service}";
    private static final Duration SHOWN_LIMIT = Duration.ofSeconds(60);

    @Spec
    private @Nullable CommandSpec spec;

    /** What both commands are told. */
    static final class Wishes {

        @Mixin
        private BrokerOptions broker = new BrokerOptions();

        @Option(
                names = "--principal",
                paramLabel = "PATTERN",
                description = "How the cluster names a service, as in User:CN={service}; default ${DEFAULT-VALUE}.",
                defaultValue = "User:" + SERVICE)
        private String principal = "User:" + SERVICE;

        @Option(
                names = "--revoke",
                description = "Take away what these principals may, or are forbidden, beyond what the file says.")
        private boolean revoking;
    }

    /** What is wanted of whom. */
    private record Wanted(Set<String> principals, Set<Grant> grants, String topicPrefix) {}

    @Command(
            name = "plan",
            mixinStandardHelpOptions = true,
            description = "Shows what apply would do, and does nothing.")
    int plan(@Mixin Wishes wishes) {
        Wanted wanted = wanted(wishes);
        try (AccessAdminClient cluster = new AccessAdminClient(wishes.broker.address())) {
            show(planned(wanted, cluster), wishes.revoking, ".");
            return ExitCode.OK;
        }
    }

    @Command(
            name = "apply",
            mixinStandardHelpOptions = true,
            description = "Does what plan shows; nothing new if run again.")
    int apply(@Mixin Wishes wishes) {
        Wanted wanted = wanted(wishes);
        try (AccessAdminClient cluster = new AccessAdminClient(wishes.broker.address())) {
            AccessPlan plan = planned(wanted, cluster);
            cluster.grant(plan.missing());
            if (wishes.revoking) {
                cluster.revoke(plan.strange());
            }
            // The controller has said yes; done is what the brokers go by.
            if (!Waiting.until(() -> isDone(planned(wanted, cluster), wishes.revoking), SHOWN_LIMIT)) {
                throw new Complaint(
                        "the cluster took every change, but does not show them all yet; plan shows what is left");
            }
            show(plan, wishes.revoking, ": done.");
            return ExitCode.OK;
        }
    }

    private static boolean isDone(AccessPlan plan, boolean revoking) {
        return revoking ? plan.isEmpty() : plan.missing().isEmpty();
    }

    private static AccessPlan planned(Wanted wanted, AccessAdminClient cluster) {
        return AccessPlan.of(wanted.grants(), cluster.find(wanted.principals()), wanted.topicPrefix());
    }

    private static Wanted wanted(Wishes wishes) {
        if (!wishes.principal.contains(SERVICE)) {
            throw new Complaint("--principal needs " + SERVICE + " in it: each service has a principal of its own");
        }
        BrokerAddress address = wishes.broker.address();
        Map<String, Set<Grant>> byPrincipal = new LinkedHashMap<>();
        for (ServiceAccess access : AccessFile.read(text())) {
            String principal = wishes.principal.replace(SERVICE, access.service());
            byPrincipal.put(principal, access.grants(principal, address.topicPrefix()));
        }
        Set<Grant> grants = new LinkedHashSet<>();
        byPrincipal.values().forEach(grants::addAll);
        return new Wanted(byPrincipal.keySet(), grants, address.topicPrefix());
    }

    private static String text() {
        Path file = Home.find().path().resolve("deploy/access.yaml");
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new Complaint("cannot read " + file, e);
        }
    }

    private void show(AccessPlan plan, boolean revoking, String what) {
        plan.missing().forEach(grant -> show("grant", grant));
        plan.strange().forEach(grant -> show(revoking ? "revoke" : "leave", grant));
        plan.wider().forEach(grant -> show("leave", grant));
        int revoked = revoking ? plan.strange().size() : 0;
        out().println(
                        plan.missing().size() + revoked == 0
                                ? "Nothing to do."
                                : "%d to grant, %d to revoke%s"
                                        .formatted(plan.missing().size(), revoked, what));
        out().flush();
    }

    private void show(String action, Grant grant) {
        out().println(String.format(
                Locale.ROOT,
                "%-7s %-40s %-5s %-9s %s %s %s",
                action,
                grant.principal(),
                grant.permission().toLowerCase(Locale.ROOT),
                grant.operation().toLowerCase(Locale.ROOT),
                grant.resource().toLowerCase(Locale.ROOT),
                grant.pattern().toLowerCase(Locale.ROOT),
                grant.name()));
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }
}
