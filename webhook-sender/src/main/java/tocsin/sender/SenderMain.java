package tocsin.sender;

import tocsin.sender.endpoint.NewKeysetCommand;
import tocsin.service.ServiceMain;

/** Starts the webhook sender; with the one argument {@code new-keyset} it prints a keyset for {@code tocsin.secrets} instead. */
public final class SenderMain {

    private SenderMain() {}

    public static void main(String... args) {
        if (args.length == 1 && args[0].equals("new-keyset")) {
            NewKeysetCommand.run();
            return;
        }
        ServiceMain.run(SenderMain.class, "webhook-sender", args);
    }
}
