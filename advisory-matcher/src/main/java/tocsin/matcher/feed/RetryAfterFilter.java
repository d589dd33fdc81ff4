package tocsin.matcher.feed;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;

/** Says when to come back to a sender of advisories that was turned away. */
@ServerFilter("/v1/advisories")
final class RetryAfterFilter {

    private static final String SECONDS_UNTIL_A_PLACE_IS_FREE = "1";
    /** Brokers are away for longer than batches last. */
    private static final String SECONDS_UNTIL_THE_BROKER_MAY_BE_BACK = "5";

    @ResponseFilter
    void tell(MutableHttpResponse<?> response) {
        switch (response.code()) {
            case 429 -> response.header(HttpHeaders.RETRY_AFTER, SECONDS_UNTIL_A_PLACE_IS_FREE);
            case 503 -> response.header(HttpHeaders.RETRY_AFTER, SECONDS_UNTIL_THE_BROKER_MAY_BE_BACK);
            default -> {}
        }
    }
}
