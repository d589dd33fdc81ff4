package tocsin.dispatcher;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import tocsin.service.ServiceMain;

/** Starts the notification-dispatcher. */
@OpenAPIDefinition(info = @Info(title = "notification-dispatcher", version = "v1"))
public final class DispatcherMain {

    private DispatcherMain() {}

    public static void main(String[] args) {
        ServiceMain.run(DispatcherMain.class, "notification-dispatcher", args);
    }
}
