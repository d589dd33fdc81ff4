package tocsin.sender;

import tocsin.sender.endpoint.KeysetCommand;
import tocsin.service.ServiceMain;

/** Starts the webhook sender; with the name of a {@link KeysetCommand} as its one argument it does that instead. */
public final class SenderMain {

    private SenderMain() {}

    public static void main(String... args) {
        if (args.length == 1 && KeysetCommand.isOne(args[0])) {
            KeysetCommand.run(args[0]);
            return;
        }
        ServiceMain.run(SenderMain.class, "webhook-sender", args);
    }
}
