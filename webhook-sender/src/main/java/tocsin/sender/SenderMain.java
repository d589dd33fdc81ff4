package tocsin.sender;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import tocsin.sender.endpoint.KeysetCommand;
import tocsin.service.ServiceMain;

/** Starts the webhook sender; with the name of a {@link KeysetCommand} as its one argument it does that instead. */
@OpenAPIDefinition(info = @Info(title = "webhook-sender", version = "v1"))
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
