package tocsin.matcher.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.annotation.Status;
import io.micronaut.http.exceptions.ContentLengthExceededException;
import io.micronaut.serde.annotation.SerdeImport;
import io.swagger.v3.oas.annotations.Parameter;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.http.Problem;
import tocsin.service.http.SharedPlaces;
import tocsin.service.security.Caller;
import tocsin.service.security.ServiceScope;

/** Advisories from feeds that have no Kafka client. */
@Controller("/v1/advisories")
@SerdeImport(TakenIn.class)
@SerdeImport(TakenIn.RefusedRecord.class)
final class AdvisoryController {

    private static final Logger LOG = LoggerFactory.getLogger(AdvisoryController.class);
    private static final String NDJSON = "application/x-ndjson";

    /** A batch is held whole, several times over: all together take some hundred megabytes of the process that holds the alarm's state. */
    private static final int UPLOADS = 4;

    private static final int UPLOADS_OF_ONE_CALLER = 2;

    private final FeedSubjects subjects;
    private final AdvisoryPublisher publisher;
    private final Clock clock;
    private final SharedPlaces places = new SharedPlaces(UPLOADS, UPLOADS_OF_ONE_CALLER);

    AdvisoryController(FeedSubjects subjects, AdvisoryPublisher publisher, Clock clock) {
        this.subjects = subjects;
        this.publisher = publisher;
        this.clock = clock;
    }

    /**
     * Takes OSV records: one, an array of them, or one a line with the content type {@code application/x-ndjson}; at most 10,000 and 16 MB.
     * Answers 202 once the readable ones are stored, with a count, and with index and reason for the others. A repeat does no harm, so a
     * batch of which only a part was stored (503) is sent again as it was.
     *
     * @param feed a name of 1 to 64 lower-case letters, digits and hyphens that is the caller's
     */
    @Post
    @Consumes({"application/json", NDJSON})
    @Status(HttpStatus.ACCEPTED)
    TakenIn publish(
            @Parameter(hidden = true) Caller caller,
            @Nullable @QueryValue String feed,
            @Header("Content-Type") String contentType,
            @Body InputStream body) {
        caller.requireScope(ServiceScope.FEED);
        // Asked here and not by the framework, which would answer a stranger's mistake before it asks who he is.
        if (feed == null || !PublishedAdvisory.isFeed(feed)) {
            throw Problem.badRequest("feed is not 1 to 64 lower-case letters, digits and hyphens");
        }
        if (!subjects.maySpeakAs(feed, caller.subject())) {
            // The same whether there is such a feed or not.
            throw Problem.forbidden("This feed is not the caller's.");
        }
        // Before any of the body is read.
        SharedPlaces.Place place = places.enter(caller.subject())
                .orElseThrow(() -> new Problem(
                        HttpStatus.TOO_MANY_REQUESTS, "Too many uploads are under way. Try again in a moment."));
        try (place;
                body) {
            return publish(feed, contentType, new String(body.readAllBytes(), UTF_8));
        } catch (IOException e) {
            if (e.getCause() instanceof ContentLengthExceededException) {
                throw new Problem(HttpStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large.");
            }
            // The client is gone, or too slow for the server's patience; nobody reads this answer.
            throw Problem.badRequest("The body ended before its end.");
        }
    }

    private TakenIn publish(String feed, String contentType, String records) {
        AdvisoryBatch batch;
        try {
            boolean lines = contentType.toLowerCase(Locale.ROOT).startsWith(NDJSON);
            batch = AdvisoryBatch.read(feed, records, lines, clock.instant());
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
        publisher.publish(batch.taken());
        LOG.atInfo()
                .addKeyValue("feed", feed)
                .addKeyValue("accepted", batch.taken().size())
                .addKeyValue("refused", batch.refused().size())
                .log("advisories.received");
        return TakenIn.of(batch);
    }
}
