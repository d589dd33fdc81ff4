package tocsin.matcher.feed;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.serde.annotation.SerdeImport;
import io.swagger.v3.oas.annotations.Parameter;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.ServiceScope;

/** Tells what became of an advisory. */
@Controller("/v1/advisories")
@SerdeImport(AdvisoryReport.class)
@SerdeImport(AdvisoryReport.Statement.class)
@SerdeImport(AdvisoryReport.Scan.class)
@SerdeImport(AdvisoryReport.Partition.class)
final class AdvisoryStatusController {

    private final FeedSubjects subjects;
    private final AdvisoryStatuses statuses;

    AdvisoryStatusController(FeedSubjects subjects, AdvisoryStatuses statuses) {
        this.subjects = subjects;
        this.statuses = statuses;
    }

    /**
     * Tells of each feed and package whether the advisory's last revision was accepted, held or refused, how far the scan of the stored downloads is
     * and how many audiences it found. Late downloads, which come after a scan, are not counted. A moment passes between what happens and what
     * is told here. For the scope {@code admin}; the scope {@code feed} sees what was published under names of its own.
     *
     * @param id as its feed calls it
     */
    @Get("/{id}")
    AdvisoryReport find(@Parameter(hidden = true) Caller caller, @PathVariable String id) {
        boolean runsTocsin = caller.hasScope(ServiceScope.ADMIN);
        if (!runsTocsin) {
            caller.requireScope(ServiceScope.FEED);
        }
        return statuses.find(id, feed -> runsTocsin || subjects.maySpeakAs(feed, caller.subject()))
                // The same whether there is none or it is another's.
                .orElseThrow(() -> Problem.notFound("There is no such advisory."));
    }
}
