package tocsin.sender.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/**
 * Makes and changes keysets for {@code tocsin.secrets}: reads the old one from standard input, prints the new one and nothing
 * else.
 */
public final class KeysetCommand {

    private static final Set<String> NAMES = Set.of("new-keyset", "add-key", "promote-key", "drop-old-keys");

    private KeysetCommand() {}

    public static boolean isOne(String name) {
        return NAMES.contains(name);
    }

    /** @throws IllegalArgumentException if what comes in is no keyset */
    public static void run(String name) {
        System.out.println(
                switch (name) {
                    case "new-keyset" -> Keysets.fresh();
                    case "add-key" -> Keysets.withKeyAdded(input());
                    case "promote-key" -> Keysets.withNewestPromoted(input());
                    case "drop-old-keys" -> Keysets.withPrimaryAlone(input());
                    default -> throw new IllegalArgumentException("no such command: " + name);
                });
    }

    private static String input() {
        try {
            return new String(System.in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
