package tocsin.tracker;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import tocsin.service.ServiceMain;

/** Starts the download-tracker. */
@OpenAPIDefinition(info = @Info(title = "download-tracker", version = "v1"))
public final class TrackerMain {

    private TrackerMain() {}

    public static void main(String[] args) {
        ServiceMain.run(TrackerMain.class, "download-tracker", args);
    }
}
