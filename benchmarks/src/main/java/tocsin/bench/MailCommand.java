package tocsin.bench;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.PostgresServer;

/** {@code bench mail}: mails a second. */
@Command(
        name = "mail",
        mixinStandardHelpOptions = true,
        description = {
            "email.requested to rows of the ledger that say delivered, by the real dispatcher, against a bare SMTP loop",
            "over the same number of connections to the same server, before and after it: the faster of the two is the",
            "limit."
        })
final class MailCommand implements Callable<Integer> {

    /** As many as the dispatcher has by itself. */
    private static final int CONNECTIONS = 8;
    /** More than the dispatcher gets through in a second once it is warm. */
    private static final int MAILS_PER_SECOND = 10_000;

    /** Before that a JVM is not what it will be: of two cores the compiler takes one for half a minute. */
    private static final int WARM_UP = 80_000;

    /** Where a run is told how many there are. */
    private static final double WARM_UP_SHARE = 0.3;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long each side is measured, at most; default ${DEFAULT-VALUE}.",
            defaultValue = "15")
    private int seconds = 15;

    @Option(
            names = "--mails",
            paramLabel = "N",
            description = "How many there are in all, warm-up included; by default more than can be done in the time.",
            defaultValue = "0")
    private int mails;

    @Override
    public Integer call() {
        int backlog = mails > 0 ? mails : WARM_UP + seconds * MAILS_PER_SECOND;
        long warmUp = mails > 0 ? Math.round(mails * WARM_UP_SHARE) : WARM_UP;
        UnaryOperator<ChildProcess.Builder> jvm = TrackerServer.jvmOf(seconds, MailCommand::asOperated);
        try (KafkaBroker broker = IngestCommand.brokerWithTopics();
                PostgresServer postgres = PostgresServer.startDurable();
                SmtpSinkServer server = new SmtpSinkServer()) {
            double before = bare(server, jvm);
            double ours;
            try (DispatcherServer dispatcher = new DispatcherServer(
                            broker, postgres, server.port(), jvm, IngestCommand.logs("notification-dispatcher.log"));
                    LedgerTableRepository ledger = new LedgerTableRepository(postgres)) {
                ours = ours(broker, ledger, dispatcher, warmUp, backlog);
            }
            double after = bare(server, jvm);
            output.say(MailReport.of(ours, before, after).json());
        }
        return 0;
    }

    /** With the chart's options in the chart's memory: the dispatcher, and what it is compared with. */
    private static ChildProcess.Builder asOperated(ChildProcess.Builder program) {
        return TrackerServer.asOperated("notificationDispatcher", program);
    }

    private double ours(
            KafkaBroker broker, LedgerTableRepository ledger, DispatcherServer dispatcher, long warmUp, int backlog) {
        ledger.expect(backlog);
        try (MailProducer requests = new MailProducer(broker)) {
            requests.ask(backlog);
        }
        Pace pace = Pace.of("mails", dispatcher.pid(), ledger::delivered, warmUp, backlog, Duration.ofSeconds(seconds));
        output.say("  dispatcher: " + pace);
        return pace.perSecond();
    }

    private double bare(SmtpSinkServer server, UnaryOperator<ChildProcess.Builder> jvm) {
        try (ChildProcess loop = jvm.apply(ChildProcess.named("bare-smtp").main(BareSmtpMain.class))
                .args(Integer.toString(server.port()), Integer.toString(CONNECTIONS))
                .output(IngestCommand.logs("bare-smtp.log"))
                .start()) {
            long start = server.taken();
            // As much time to get warm as is measured.
            Pace warmUp = Pace.of(
                    "bare SMTP loop",
                    loop.pid(),
                    server::taken,
                    start + 1,
                    Long.MAX_VALUE,
                    Duration.ofSeconds(Math.min(seconds, 8)));
            Pace pace = Pace.of(
                    "bare SMTP loop",
                    loop.pid(),
                    server::taken,
                    warmUp.to(),
                    Long.MAX_VALUE,
                    Duration.ofSeconds(Math.min(seconds, 10)));
            output.say("  bare SMTP loop: " + pace);
            return pace.perSecond();
        }
    }
}
