package tocsin.local.stack;

import java.nio.file.Path;
import java.util.Optional;
import tocsin.local.running.Home;

/**
 * How a stack is to be started.
 *
 * @param data where everything is kept that must survive; empty: nothing survives
 * @param asTests broker and database as tests have them: fast, on ports of their own, in containers if the test run says so
 * @param passing it is stopped soon: services are then ready sooner, and never as fast as they can be
 * @param logs where the services' output goes, a file each
 * @param guard who may do what; empty: everybody everything
 */
public record StackPlan(
        Home home,
        StackPorts ports,
        Optional<Path> data,
        boolean asTests,
        boolean passing,
        Path logs,
        Optional<StackGuard> guard) {

    /** One that lets everybody do everything, for as long as one wants. */
    public StackPlan(Home home, StackPorts ports, Optional<Path> data, boolean asTests, Path logs) {
        this(home, ports, data, asTests, false, logs, Optional.empty());
    }

    /** On free ports, and gone without a trace but for its logs. */
    public static StackPlan passing(Path logs) {
        return new StackPlan(Home.find(), StackPorts.free(), Optional.empty(), true, true, logs, Optional.empty());
    }

    public StackPlan guardedBy(StackGuard by) {
        return new StackPlan(home, ports, data, asTests, passing, logs, Optional.of(by));
    }
}
