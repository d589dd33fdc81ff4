package tocsin.matcher;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import tocsin.service.ServiceMain;

/** Starts the advisory-matcher. */
@OpenAPIDefinition(info = @Info(title = "advisory-matcher", version = "v1"))
public final class MatcherMain {

    private MatcherMain() {}

    public static void main(String[] args) {
        ServiceMain.run(MatcherMain.class, "advisory-matcher", args);
    }
}
