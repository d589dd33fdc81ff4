package tocsin.sender.endpoint;

/** Prints a new keyset for {@code tocsin.secrets}, and nothing else. */
public final class NewKeysetCommand {

    private NewKeysetCommand() {}

    public static void run() {
        System.out.println(SecretVault.newKeyset());
    }
}
