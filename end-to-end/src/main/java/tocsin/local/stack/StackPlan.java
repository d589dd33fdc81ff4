package tocsin.local.stack;

import java.nio.file.Path;
import java.util.Optional;
import tocsin.local.running.Home;

/**
 * How a stack is to be started.
 *
 * @param data where everything is kept that must survive; empty: nothing survives
 * @param asTests broker and database as tests have them: fast, on ports of their own, in containers if the test run says so
 * @param logs where the services' output goes, a file each
 * @param guard who may do what; empty: everybody everything
 */
public record StackPlan(
        Home home, StackPorts ports, Optional<Path> data, boolean asTests, Path logs, Optional<StackGuard> guard) {

    /** One that lets everybody do everything. */
    public StackPlan(Home home, StackPorts ports, Optional<Path> data, boolean asTests, Path logs) {
        this(home, ports, data, asTests, logs, Optional.empty());
    }

    /** On free ports, and gone without a trace but for its logs. */
    public static StackPlan passing(Path logs) {
        return new StackPlan(Home.find(), StackPorts.free(), Optional.empty(), true, logs);
    }

    public StackPlan guardedBy(StackGuard by) {
        return new StackPlan(home, ports, data, asTests, logs, Optional.of(by));
    }
}
