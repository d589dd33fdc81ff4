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

/**
 * Stops the notices of personal tokens. Mail scanners follow links, so looking changes nothing; the page's button posts, and so does a mail program at one
 * click (RFC 8058).
 */
@Controller("/unsubscribe")
final class UnsubscribeController {

    private final Unsubscriptions unsubscriptions;
    private final EmailComposer composer;

    UnsubscribeController(Unsubscriptions unsubscriptions, EmailComposer composer) {
        this.unsubscriptions = unsubscriptions;
        this.composer = composer;
    }

    /** The page behind the link of a notice, which changes nothing. */
    @Get("/{token}")
    @Produces(MediaType.TEXT_HTML)
    HttpResponse<String> look(@PathVariable String token) {
        return unsubscriptions.isKnown(token)
                ? page(HttpStatus.OK, UnsubscribePages.ask())
                : page(HttpStatus.GONE, UnsubscribePages.unknown());
    }

    /** Stops the mails to an address (RFC 8058 for mail programs, and from the page). */
    @Post("/{token}")
    @Consumes(MediaType.ALL)
    @Produces(MediaType.TEXT_HTML)
    HttpResponse<String> unsubscribe(@PathVariable String token) {
        return unsubscriptions.unsubscribe(token)
                ? page(HttpStatus.OK, UnsubscribePages.done())
                : page(HttpStatus.GONE, UnsubscribePages.unknown());
    }

    private MutableHttpResponse<String> page(HttpStatus status, ConfirmationPage page) {
        return PageFactory.of(status, composer.page(page));
    }
}
