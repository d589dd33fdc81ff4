package tocsin.tracker.intake;

import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Status;
import io.micronaut.http.exceptions.ContentLengthExceededException;
import io.micronaut.serde.annotation.SerdeImport;
import io.swagger.v3.oas.annotations.Parameter;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.http.Problem;
import tocsin.service.http.SharedPlaces;
import tocsin.service.security.Caller;
import tocsin.service.security.ServiceScope;

/** Downloads from sources that have no Kafka client. */
@Controller("/v1/downloads")
@SerdeImport(TakenIn.class)
@SerdeImport(TakenIn.RefusedEvent.class)
final class UploadController {

    static final int MAX_EVENTS = 100_000;

    private static final Logger LOG = LoggerFactory.getLogger(UploadController.class);
    private static final String NDJSON = "application/x-ndjson";
    private static final String CLOUD_EVENT = "application/cloudevents+json";
    private static final String CLOUD_EVENTS = "application/cloudevents-batch+json";

    /** Together they hold some hundred megabytes at the very worst. */
    private static final int UPLOADS = 64;

    private static final int UPLOADS_OF_ONE_CALLER = 8;

    private final ObservationReader reader;
    private final DownloadPublisher publisher;
    private final Clock clock;
    private final SharedPlaces places = new SharedPlaces(UPLOADS, UPLOADS_OF_ONE_CALLER);

    UploadController(ObservationReader reader, DownloadPublisher publisher, Clock clock) {
        this.reader = reader;
        this.publisher = publisher;
        this.clock = clock;
    }

    /**
     * Takes downloads: one object or an array of them, one a line with {@code application/x-ndjson}, or CloudEvents, one or a batch; at most
     * 100,000 and 64 MB, each at most 64 KiB. They are stored while the body comes in. Answers 202 once all good ones are, with counts, and with index and
     * reason for the others. Where the answer is another, some may be stored: the body is sent again as it was, since repeats do no harm.
     */
    @Post
    @Consumes({"application/json", NDJSON, CLOUD_EVENT, CLOUD_EVENTS})
    @Status(HttpStatus.ACCEPTED)
    TakenIn take(
            @Parameter(hidden = true) Caller caller,
            @Header("Content-Type") String contentType,
            @Body InputStream body) {
        caller.requireScope(ServiceScope.PROXY);
        Optional<SharedPlaces.Place> place = places.enter(caller.subject());
        if (place.isEmpty()) {
            throw new Problem(HttpStatus.TOO_MANY_REQUESTS, "Too many uploads are under way. Try again in a moment.");
        }
        try (SharedPlaces.Place _ = place.get();
                body) {
            return take(contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT), body);
        } catch (IOException e) {
            if (e.getCause() instanceof ContentLengthExceededException) {
                throw new Problem(HttpStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large.");
            }
            // The client is gone, or too slow for the server's patience; nobody reads this answer.
            throw Problem.badRequest("The body ended before its end.");
        }
    }

    private TakenIn take(String type, InputStream body) throws IOException {
        WireForm form = type.equals(CLOUD_EVENT) || type.equals(CLOUD_EVENTS) ? WireForm.CLOUD_EVENT : WireForm.JSON;
        Upload upload = new Upload(reader, form, publisher::publish, clock, MAX_EVENTS);
        try {
            TakenIn taken = upload.take(new ItemSplitter(body, type.equals(NDJSON)));
            LOG.atInfo()
                    .addKeyValue("accepted", taken.accepted())
                    .addKeyValue("refused", taken.refusedCount())
                    .log("downloads.received");
            return taken;
        } catch (ItemSplitter.BrokenBodyException e) {
            throw Problem.badRequest(e.getMessage() + "; stored before: " + upload.accepted());
        } catch (Upload.TooManyEventsException e) {
            throw new Problem(
                    HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                    "More than " + MAX_EVENTS + " events; stored before: " + upload.accepted());
        }
    }
}
