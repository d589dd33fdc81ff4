package tocsin.dispatcher.address;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Status;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.dispatcher.email.EmailAddress;
import tocsin.dispatcher.email.Language;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** The addresses that an organisation may choose. */
@Controller("/v1/orgs/{org}/email-allowlist")
final class AllowlistController {

    private final Allowlist allowlist;

    AllowlistController(Allowlist allowlist) {
        this.allowlist = allowlist;
    }

    /** @param language of the confirmation mail; {@code en} if absent */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record Wanted(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
            String address,

            @Nullable String language) {}

    @Serdeable(naming = SnakeCaseStrategy.class)
    record Entry(
            String address,
            String language,
            boolean confirmed,
            Instant requestedAt,
            @Nullable Instant confirmedAt) {
        static Entry of(AllowedAddress address) {
            return new Entry(
                    address.address(),
                    address.language().code(),
                    address.confirmedAt().isPresent(),
                    address.requestedAt(),
                    address.confirmedAt().orElse(null));
        }
    }

    @Serdeable(naming = SnakeCaseStrategy.class)
    record Answer(List<Entry> addresses) {}

    /** The addresses of the organisation, confirmed or not. */
    @Get
    Answer list(@PathVariable String org, @Parameter(hidden = true) Caller caller) {
        caller.requireRole(org, OrgRole.MANAGER);
        return new Answer(allowlist.of(org).stream().map(Entry::of).toList());
    }

    /** 202 if a confirmation mail goes out, 200 if the address was confirmed before. */
    @Post
    @ApiResponse(responseCode = "200", description = "confirmed before", useReturnTypeSchema = true)
    @ApiResponse(responseCode = "202", description = "a confirmation mail goes out", useReturnTypeSchema = true)
    HttpResponse<Entry> add(@PathVariable String org, @Body Wanted wanted, @Parameter(hidden = true) Caller caller) {
        caller.requireRole(org, OrgRole.MANAGER);
        String address = Optional.ofNullable(wanted.address())
                .filter(EmailAddress::isValid)
                .orElseThrow(() -> Problem.unprocessable("address is no e-mail address that mail can be sent to."));
        Language language = Language.ofCode(
                        Optional.ofNullable(wanted.language()).orElse("en"))
                .orElseThrow(() -> Problem.unprocessable("language must be en or ja."));
        return switch (allowlist.add(org, address, language, caller.subject())) {
            case Allowlist.Added.Listed(AllowedAddress listed, boolean mailed) ->
                mailed ? HttpResponse.accepted().body(Entry.of(listed)) : HttpResponse.ok(Entry.of(listed));
            case Allowlist.Added.TooSoon() ->
                throw new Problem(
                        HttpStatus.TOO_MANY_REQUESTS,
                        "A confirmation mail went to this address a moment ago; try again in a minute.");
            case Allowlist.Added.TooManyMails() ->
                throw new Problem(
                        HttpStatus.TOO_MANY_REQUESTS,
                        "Enough confirmation mails were sent for today; try again tomorrow.");
            case Allowlist.Added.TooMany(int most) ->
                throw Problem.unprocessable("An organisation has at most " + most + " addresses.");
        };
    }

    /** Notices that went to the address stop; a mail that is under way may still arrive. */
    @Delete("/{address}")
    @Status(HttpStatus.NO_CONTENT)
    void remove(@PathVariable String org, @PathVariable String address, @Parameter(hidden = true) Caller caller) {
        caller.requireRole(org, OrgRole.MANAGER);
        if (!allowlist.remove(org, address, caller.subject())) {
            throw Problem.notFound("This address is not on the organisation's allowlist.");
        }
    }
}
