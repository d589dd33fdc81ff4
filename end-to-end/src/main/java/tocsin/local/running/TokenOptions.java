package tocsin.local.running;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which service a command asks by HTTP, and with what token. */
public final class TokenOptions {

    private static final String VARIABLE = "TOCSIN_TOKEN";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "Bearer token of who runs Tocsin (scope admin); default: that of the stack that `up` started, or"
                            + " for a service that is named by its URL the environment's TOCSIN_TOKEN.")
    private @Nullable Path tokenFile;

    private final Map<String, String> environment;

    public TokenOptions() {
        this(System.getenv());
    }

    TokenOptions(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * @param named as the command was told; null: the stack's
     * @throws Complaint if neither is there, or it is no address
     */
    public URI serviceUrl(String service, @Nullable URI named) {
        if (named == null) {
            return URI.create(
                    Optional.ofNullable(stack().addresses().get(service)).orElseThrow(TokenOptions::noStack));
        }
        String scheme = String.valueOf(named.getScheme());
        if (named.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
            throw new Complaint("a service is named by its URL, as in https://tracker.example.com");
        }
        return named;
    }

    /**
     * @param named as for {@link #serviceUrl}: the stack's own token is shown to the stack only
     * @throws Complaint if there is none
     */
    public String token(@Nullable URI named) {
        if (tokenFile != null) {
            return read(tokenFile);
        }
        if (named == null) {
            // Not the environment's, which is another Tocsin's: the stack would refuse it, and need not see it.
            stack();
            return read(Home.find().runningStackToken());
        }
        String given = environment.get(VARIABLE);
        if (given == null || given.isBlank()) {
            throw new Complaint("a token is needed: --token-file FILE, or " + VARIABLE + " in the environment");
        }
        return given.strip();
    }

    private static RunningStack stack() {
        return RunningStack.read(Home.find().runningStack()).orElseThrow(TokenOptions::noStack);
    }

    private static Complaint noStack() {
        return new Complaint("no stack runs here; start one with ./tocsin up, or name the service");
    }

    private static String read(Path file) {
        String token;
        try {
            token = Files.readString(file).strip();
        } catch (IOException e) {
            throw new Complaint("cannot read " + file, e);
        }
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            // A header made of it would be refused with the token in the message.
            throw new Complaint(file + " holds no token");
        }
        return token;
    }
}
