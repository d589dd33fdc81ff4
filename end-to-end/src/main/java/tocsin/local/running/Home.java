package tocsin.local.running;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;

/** The folder that Tocsin was cloned to: where the services' jars are, and where what is left over from a run may lie. */
public record Home(Path path) {

    /** The folder that this very code was built in. */
    public static Home find() {
        try {
            Path code = Path.of(Home.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            // end-to-end/target/end-to-end.jar, or end-to-end/target/classes while it is being tested.
            return new Home(code.resolve("../../..").normalize());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("this code does not come from a file", e);
        }
    }

    /** The jar that runs a service, its libraries beside it in {@code lib}. */
    public Path jarOf(String service) {
        return path.resolve(service).resolve("target").resolve(service + ".jar");
    }

    /** Where the stack that {@code up} started tells that it runs; a test that runs beside a person's stack says {@code -Dtocsin.running-stack}. */
    public Path runningStack() {
        return Optional.ofNullable(System.getProperty("tocsin.running-stack"))
                .map(Path::of)
                .orElse(path.resolve("target").resolve("running-stack.json"));
    }

    /** Beside it and for its owner's eyes only: the token that this stack's own services take. */
    public Path runningStackToken() {
        Path stack = runningStack();
        return stack.resolveSibling(stack.getFileName() + ".token");
    }

    /**
     * Where nothing can be written beside the code, {@code -Dtocsin.logs} names another folder.
     *
     * @param purpose name of the command whose logs lie there
     */
    public Path logs(String purpose) {
        return Optional.ofNullable(System.getProperty("tocsin.logs"))
                .map(Path::of)
                .orElse(path.resolve("target").resolve("logs"))
                .resolve(purpose);
    }
}
