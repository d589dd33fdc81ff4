package tocsin.local.topics;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
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
import tocsin.local.topics.TopicStep.AddPartitions;
import tocsin.local.topics.TopicStep.Configure;
import tocsin.local.topics.TopicStep.Create;
import tocsin.local.topics.TopicStep.Leave;
import tocsin.local.topics.TopicStep.Refuse;

/** {@code topics}: a cluster's topics, as {@code deploy/topics.yaml} says. */
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(plan | apply)",
        description = "Creates and mends a cluster's topics as deploy/topics.yaml says.")
public final class TopicsCommand {

    private static final int USUAL_REPLICAS = 3;
    private static final Duration SHOWN_LIMIT = Duration.ofSeconds(60);

    @Spec
    private @Nullable CommandSpec spec;

    /** What both commands are told. */
    static final class Wishes {

        @Mixin
        private BrokerOptions broker = new BrokerOptions();

        @Option(
                names = "--file",
                paramLabel = "FILE",
                description = "Read this instead of deploy/topics.yaml, such as a copy with your own partition counts.")
        private @Nullable Path file;

        @Option(
                names = "--profile",
                paramLabel = "NAME",
                description = "Column of partition counts in the file, default ${DEFAULT-VALUE}.",
                defaultValue = "prod")
        private String profile = "prod";

        @Option(
                names = "--replicas",
                paramLabel = "N",
                description =
                        "Replicas of each topic that is created; default 3, or as many as there are brokers if fewer.")
        private @Nullable Integer replicas;

        @Option(
                names = "--min-insync",
                paramLabel = "N",
                description =
                        "Replicas that must have a record before it counts as written; default one less than --replicas.")
        private @Nullable Integer minInsync;

        @Option(
                names = "--add-partitions",
                description = "Agree that partitions are added; nobody can take them away again.")
        private boolean adding;

        @Option(
                names = "--may-delete",
                description = "Agree to settings by which the cluster deletes what lies there now.")
        private boolean deleting;
    }

    @Command(
            name = "plan",
            mixinStandardHelpOptions = true,
            description = "Shows what apply would do, and does nothing. Exit code 1 if something is refused.")
    int plan(@Mixin Wishes wishes) {
        try (TopicAdminClient cluster = new TopicAdminClient(wishes.broker.address())) {
            TopicPlan plan = planned(wishes, cluster);
            plan.steps().forEach(this::show);
            say(plan, ".");
            return plan.refused().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    @Command(
            name = "apply",
            mixinStandardHelpOptions = true,
            description = "Does what plan shows. Nothing at all if something is refused; nothing new if run again.")
    int apply(@Mixin Wishes wishes) {
        try (TopicAdminClient cluster = new TopicAdminClient(wishes.broker.address())) {
            TopicPlan plan = planned(wishes, cluster);
            if (!plan.refused().isEmpty()) {
                plan.refused().forEach(this::show);
                say(plan, ": nothing was done.");
                return ExitCode.SOFTWARE;
            }
            for (TopicStep step : plan.steps()) {
                cluster.apply(step);
                show(step);
            }
            // The controller has said yes to each; done is what the brokers show.
            if (!Waiting.until(() -> planned(wishes, cluster).changes().isEmpty(), SHOWN_LIMIT)) {
                throw new Complaint(
                        "the cluster took every change, but does not show them all yet; plan shows what is left");
            }
            say(plan, ": done.");
            return ExitCode.OK;
        }
    }

    private TopicPlan planned(Wishes wishes, TopicAdminClient cluster) {
        BrokerAddress address = wishes.broker.address();
        int brokers = cluster.brokers();
        int replicas = wishes.replicas == null ? Math.min(USUAL_REPLICAS, brokers) : wishes.replicas;
        if (replicas < 1 || replicas > brokers) {
            throw new Complaint("--replicas " + replicas + ": the cluster has " + brokers + " broker(s)");
        }
        int minInsync = wishes.minInsync == null ? Math.max(1, replicas - 1) : wishes.minInsync;
        if (minInsync < 1 || minInsync > replicas) {
            throw new Complaint("--min-insync " + minInsync + ": must be from 1 to " + replicas + ", the replicas");
        }
        List<WantedTopic> wanted = TopicsFile.read(text(wishes.file), wishes.profile, address.topicPrefix(), minInsync);
        return TopicPlan.of(
                wanted,
                cluster.find(wanted.stream().map(WantedTopic::name).toList()),
                replicas,
                new Consent(wishes.adding, wishes.deleting, wishes.minInsync != null));
    }

    private static String text(@Nullable Path named) {
        Path file = named == null ? Home.find().path().resolve("deploy/topics.yaml") : named;
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new Complaint("cannot read " + file, e);
        }
    }

    private void show(TopicStep step) {
        String line = switch (step) {
            case Create(WantedTopic wanted, int replicas) ->
                row("create", wanted.name(), wanted.partitions() + " partitions, " + replicas + " replica(s)");
            case AddPartitions(String topic, int found, int wanted) ->
                row("add", topic, "partitions: " + found + " -> " + wanted);
            case Configure(String topic, String setting, String found, String wanted) ->
                row("set", topic, setting + ": " + (found.isEmpty() ? "unset" : found) + " -> " + wanted);
            case Leave(String topic, String why) -> row("leave", topic, why);
            case Refuse(String topic, String why) -> row("REFUSE", topic, why);
        };
        out().println(line);
    }

    private void say(TopicPlan plan, String what) {
        long created = count(plan, Create.class::isInstance);
        long changed = plan.changes().size() - created;
        int refused = plan.refused().size();
        out().println(
                        created + changed + refused == 0
                                ? "Nothing to do."
                                : "%d to create, %d to change, %d refused%s"
                                        .formatted(created, changed, refused, what));
        out().flush();
    }

    private static long count(TopicPlan plan, Predicate<TopicStep> is) {
        return plan.steps().stream().filter(is).count();
    }

    private static String row(String action, String topic, String what) {
        return String.format(Locale.ROOT, "%-7s %-45s %s", action, topic, what);
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }
}
