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
 */
public record StackPlan(Home home, StackPorts ports, Optional<Path> data, boolean asTests, Path logs) {

    /** On free ports, and gone without a trace but for its logs. */
    public static StackPlan passing(Path logs) {
        return new StackPlan(Home.find(), StackPorts.free(), Optional.empty(), true, logs);
    }
}
