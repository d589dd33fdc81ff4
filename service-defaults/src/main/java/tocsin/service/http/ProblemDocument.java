package tocsin.service.http;

import io.micronaut.serde.annotation.Serdeable;

/**
 * RFC 9457.
 *
 * @param instance path of the request, without query
 */
@Serdeable
record ProblemDocument(String type, String title, int status, String detail, String instance) {

    static final String MEDIA_TYPE = "application/problem+json";
}
