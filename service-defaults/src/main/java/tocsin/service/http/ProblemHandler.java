package tocsin.service.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;

/** Answers with the problem that was thrown. */
@Singleton
final class ProblemHandler implements ExceptionHandler<Problem, HttpResponse<ProblemDocument>> {

    @Override
    @SuppressWarnings("rawtypes") // The framework's own signature.
    public HttpResponse<ProblemDocument> handle(HttpRequest request, Problem problem) {
        ProblemDocument document = new ProblemDocument(
                problem.type().toString(),
                problem.title(),
                problem.status().getCode(),
                problem.detail(),
                request.getPath());
        return HttpResponse.<ProblemDocument>status(problem.status())
                .body(document)
                .contentType(ProblemDocument.MEDIA_TYPE);
    }
}
