package tocsin.service.http;

import io.micronaut.context.annotation.Primary;
import io.micronaut.core.convert.exceptions.ConversionErrorException;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import io.micronaut.web.router.exceptions.UnsatisfiedRouteException;
import jakarta.inject.Singleton;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Turns every error that is not a {@link Problem} into a problem document. The framework's messages are not repeated: they name classes and quote
 * values.
 */
@Singleton
@Primary
final class ErrorHandler implements ErrorResponseProcessor<ProblemDocument> {

    @Override
    public MutableHttpResponse<ProblemDocument> processResponse(ErrorContext context, MutableHttpResponse<?> response) {
        int code = response.code();
        String title = HttpStatus.getDefaultReason(code);
        ProblemDocument document = new ProblemDocument(
                Problem.BLANK.toString(),
                title,
                code,
                detail(context, code),
                context.getRequest().getPath());
        if (code == HttpStatus.UNAUTHORIZED.getCode()) {
            // RFC 9110, 15.5.2: says what to come back with.
            response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        return response.body(document).contentType(ProblemDocument.MEDIA_TYPE);
    }

    private static String detail(ErrorContext context, int code) {
        return switch (code) {
            case 400 -> badRequest(context.getRootCause().orElse(null));
            case 401 -> "This needs a valid bearer token.";
            case 403 -> "This is not allowed.";
            case 404 -> "There is nothing here.";
            case 405 -> "This method is not allowed here.";
            case 406 -> "There is no answer in a type that is accepted.";
            case 413 -> "The request is too large.";
            case 415 -> "A body of this type cannot be read here.";
            default -> code >= 500 ? "Something went wrong on our side." : "The request cannot be answered.";
        };
    }

    private static String badRequest(@Nullable Throwable cause) {
        return switch (cause) {
            case ConstraintViolationException violations ->
                violations.getConstraintViolations().stream()
                        .map(ErrorHandler::violation)
                        .sorted()
                        .collect(Collectors.joining("; "));
            case UnsatisfiedRouteException missing -> missing.getArgument().getName() + ": is missing";
            case ConversionErrorException unreadable -> unreadable.getArgument().getName() + ": cannot be read";
            case null, default -> "The request cannot be read.";
        };
    }

    /** The path begins with the method and its parameter, which are ours; the client knows the rest. */
    private static String violation(ConstraintViolation<?> violation) {
        String path = StreamSupport.stream(violation.getPropertyPath().spliterator(), false)
                .filter(node -> node.getKind() != ElementKind.METHOD)
                .map(Path.Node::toString)
                .collect(Collectors.joining("."));
        return path + ": " + violation.getMessage();
    }
}
