package tocsin.dispatcher.address;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import tocsin.dispatcher.email.ConfirmationPage;
import tocsin.dispatcher.email.EmailComposer;

/** The page behind a confirmation link. Mail scanners follow links, so looking at it changes nothing; its button posts. */
@Controller("/email-confirmations")
final class ConfirmationController {

    private final Allowlist allowlist;
    private final EmailComposer composer;

    ConfirmationController(Allowlist allowlist, EmailComposer composer) {
        this.allowlist = allowlist;
        this.composer = composer;
    }

    /** The page behind the link of a confirmation mail, which changes nothing. */
    @Get("/{token}")
    @Produces(MediaType.TEXT_HTML)
    HttpResponse<String> look(@PathVariable String token) {
        return allowlist
                .look(token)
                .map(address -> page(HttpStatus.OK, ConfirmationPages.ask(address)))
                .orElseGet(this::gone);
    }

    /** Confirms the address; a link is good once. */
    @Post("/{token}")
    @Consumes(MediaType.ALL)
    @Produces(MediaType.TEXT_HTML)
    HttpResponse<String> confirm(@PathVariable String token) {
        return allowlist
                .confirm(token)
                .map(address -> page(HttpStatus.OK, ConfirmationPages.done(address)))
                .orElseGet(this::gone);
    }

    private MutableHttpResponse<String> gone() {
        return page(HttpStatus.GONE, ConfirmationPages.gone());
    }

    private MutableHttpResponse<String> page(HttpStatus status, ConfirmationPage page) {
        return PageFactory.of(status, composer.page(page));
    }
}
