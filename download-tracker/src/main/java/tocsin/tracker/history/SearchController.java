package tocsin.tracker.history;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.service.http.Problem;
import tocsin.service.http.SharedPlaces;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;
import tocsin.tracker.identity.Principal;

/** What an organisation downloaded, for everybody in it. */
@Controller("/v1/orgs/{org}/downloads")
final class SearchController {

    private static final Logger LOG = LoggerFactory.getLogger(SearchController.class);

    private final Optional<DownloadPageRepository> pages;
    private final SharedPlaces places;
    private final Clock clock;

    SearchController(Optional<DownloadPageRepository> pages, HistoryConfig config, Clock clock) {
        this.pages = pages;
        this.clock = clock;
        // Organisations whose members search a lot leave places to the others.
        this.places = new SharedPlaces(config.questions(), Math.max(1, config.questions() / 2));
    }

    /** @param type {@code human}, {@code ci_cd}, {@code org_token} or {@code anonymous} */
    @Serdeable
    record ShownPrincipal(
            String type,
            String id,
            @Nullable String name,
            @Nullable String email,
            @Nullable String repository) {

        static ShownPrincipal of(Principal principal) {
            return new ShownPrincipal(
                    principal.kind().name().toLowerCase(Locale.ROOT),
                    principal.id(),
                    principal.name().orElse(null),
                    principal.email().orElse(null),
                    principal.repository().orElse(null));
        }
    }

    /**
     * @param originRegistry host that the package came from; absent: the ecosystem's public registry
     * @param fetchedAt as the proxy tells
     * @param receivedAt when Tocsin first heard of it
     */
    @Serdeable
    record ShownDownload(
            @JsonProperty("event_id") String eventId,
            String ecosystem,
            @JsonProperty("package_name") String packageName,
            String version,
            @JsonProperty("fetched_at") Instant fetchedAt,
            @JsonProperty("received_at") Instant receivedAt,
            String source,
            @JsonProperty("origin_registry") @Nullable String originRegistry,
            ShownPrincipal principal) {

        static ShownDownload of(HistoryRow row) {
            return new ShownDownload(
                    row.eventId().toString(),
                    row.packageKey().ecosystem().wireName(),
                    row.packageKey().name(),
                    row.version(),
                    row.fetchedAt(),
                    row.receivedAt(),
                    row.source(),
                    row.originRegistry().orElse(null),
                    ShownPrincipal.of(row.principal()));
        }
    }

    /** @param nextCursor for the following page; absent on the last */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record DownloadList(
            List<ShownDownload> downloads, @Nullable String nextCursor) {}

    /**
     * The newest first. 404 where this Tocsin keeps no history; 429 while the organisation, or all together, ask as much as may be asked at once; 503
     * while its database is away, and if the search took longer than ten seconds.
     *
     * @param packageName with {@code ecosystem} in any spelling of that ecosystem, else in its canonical one
     * @param version of any of these
     * @param principal id of who fetched
     * @param repository of a CI
     * @param since fetched then or later, as in {@code 2026-04-15T08:30:00Z}
     * @param until fetched before
     * @param cursor {@code next_cursor} of the page before, with the same filters
     */
    @Get
    DownloadList list(
            @Parameter(hidden = true) Caller caller,
            @PathVariable String org,
            @Nullable @QueryValue String ecosystem,
            @Nullable @QueryValue("package") String packageName,
            @Nullable @QueryValue("version") List<String> version,
            @Nullable @QueryValue String principal,
            @Nullable @QueryValue String repository,
            @Nullable @QueryValue String since,
            @Nullable @QueryValue String until,
            @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit) {
        caller.requireRole(org, OrgRole.MEMBER);
        DownloadPageRepository repositoryOfPages =
                pages.orElseThrow(() -> Problem.notFound("No history of downloads is kept here."));
        try {
            DownloadQuestion question = new DownloadQuestion(
                    new Audience.Organisation(org),
                    Optional.ofNullable(ecosystem).map(SearchController::ecosystem),
                    Optional.ofNullable(packageName),
                    Optional.ofNullable(version).orElse(List.of()),
                    Optional.ofNullable(principal),
                    Optional.ofNullable(repository),
                    Optional.ofNullable(since).map(text -> time("since", text)),
                    Optional.ofNullable(until).map(text -> time("until", text)),
                    Optional.ofNullable(cursor).map(DownloadCursor::parse),
                    limit);
            return page(ask(repositoryOfPages, question), limit);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            LOG.atWarn().setCause(e).log("history.not-read");
            throw Problem.unavailable(
                    DownloadPageRepository.TOO_LONG.equals(e.getSQLState())
                            ? "The search took too long. Narrow it, such as by since and until."
                            : "The history cannot be read at the moment.");
        }
    }

    private List<HistoryRow> ask(DownloadPageRepository repository, DownloadQuestion question) throws SQLException {
        Optional<SharedPlaces.Place> place =
                places.enter(question.organisation().orgId());
        if (place.isEmpty()) {
            throw new Problem(HttpStatus.TOO_MANY_REQUESTS, "Too many searches are under way. Try again in a moment.");
        }
        try (SharedPlaces.Place _ = place.get()) {
            return repository.page(question, clock.instant());
        }
    }

    /** A full page has a cursor: whether anything lies behind it is for the next question. */
    private static DownloadList page(List<HistoryRow> rows, int limit) {
        return new DownloadList(
                rows.stream().map(ShownDownload::of).toList(),
                rows.size() < limit
                        ? null
                        : DownloadCursor.after(rows.getLast()).text());
    }

    private static Ecosystem ecosystem(String name) {
        return Ecosystem.ofWireName(name)
                .orElseThrow(() -> new IllegalArgumentException("ecosystem must be npm or pypi"));
    }

    private static Instant time(String what, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException _) {
            throw new IllegalArgumentException(what + " must be a time such as 2026-04-15T08:30:00Z");
        }
    }
}
