package tocsin.service.sample;

import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.validation.Validated;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;
import tocsin.service.security.ServiceScope;
import tocsin.service.tracing.Tracing;

@Validated
@Controller("/v1")
class SampleController {

    private static final Logger LOG = LoggerFactory.getLogger(SampleController.class);

    /** Of a service that makes steps. */
    private final Tracing tracing;

    SampleController(Tracing tracing) {
        this.tracing = tracing;
    }

    @Serdeable
    record Greeting(@NotBlank @Size(max = 20) String name) {}

    @Serdeable
    record Answer(String text, boolean virtual, List<String> nobody, Optional<String> nothing) {}

    @Get("/hello")
    Answer hello(Caller caller) {
        return new Answer(caller.subject(), Thread.currentThread().isVirtual(), List.of(), Optional.empty());
    }

    @Post("/greetings")
    Answer greet(@Valid @Body Greeting greeting) {
        return new Answer(greeting.name(), Thread.currentThread().isVirtual(), List.of(), Optional.empty());
    }

    @Get("/orgs/{org}/secrets")
    String secrets(Caller caller, String org) {
        caller.requireRole(org, OrgRole.MANAGER);
        return org;
    }

    @Get("/admin")
    String admin(Caller caller) {
        caller.requireScope(ServiceScope.ADMIN);
        return "admin";
    }

    @Get("/numbers/{number}")
    String number(int number) {
        return Integer.toString(number);
    }

    @Get("/conflict")
    String conflict() {
        throw Problem.conflict("It is there already.");
    }

    @Get("/bug")
    String bug() {
        throw new IllegalStateException("password=hunter2 in tocsin.service.sample");
    }

    @Get(value = "/signed/{token}", produces = MediaType.TEXT_PLAIN)
    String signed(String token) {
        return token.length() > 3 ? "open" : "short";
    }

    /** Answers once the process is being ended. */
    @Get(value = "/signed/slow", produces = MediaType.TEXT_PLAIN)
    String slow() throws InterruptedException {
        CountDownLatch ending = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(ending::countDown));
        LOG.atInfo().log("sample.slow-began");
        return tracing.call("sample.slow", Optional.empty(), () -> {
            ending.await();
            return "done";
        });
    }
}
