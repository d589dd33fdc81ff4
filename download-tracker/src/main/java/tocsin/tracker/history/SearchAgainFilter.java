package tocsin.tracker.history;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;

/** Says when to come back to who searches the history and was turned away. */
@ServerFilter("/v1/orgs/*/downloads")
final class SearchAgainFilter {

    private static final String SECONDS_UNTIL_A_SEARCH_IS_OVER = "2";
    private static final String SECONDS_UNTIL_THE_DATABASE_MAY_BE_BACK = "10";

    @ResponseFilter
    void tell(MutableHttpResponse<?> response) {
        switch (response.code()) {
            case 429 -> response.header(HttpHeaders.RETRY_AFTER, SECONDS_UNTIL_A_SEARCH_IS_OVER);
            case 503 -> response.header(HttpHeaders.RETRY_AFTER, SECONDS_UNTIL_THE_DATABASE_MAY_BE_BACK);
            default -> {}
        }
    }
}
