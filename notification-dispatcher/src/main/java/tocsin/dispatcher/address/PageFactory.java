package tocsin.dispatcher.address;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;

/** A page whose address is a secret: it goes nowhere else, is not kept, and loads and shows nothing of anybody's. */
final class PageFactory {

    private PageFactory() {}

    static MutableHttpResponse<String> of(HttpStatus status, String html) {
        return HttpResponse.<String>status(status)
                .body(html)
                .contentType(MediaType.TEXT_HTML_TYPE.getName() + ";charset=utf-8")
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-store")
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'");
    }
}
