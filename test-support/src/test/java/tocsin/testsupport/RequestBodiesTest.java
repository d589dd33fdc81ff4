package tocsin.testsupport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What it finds before it asks anybody. */
class RequestBodiesTest {

    private static final URI NOBODY = URI.create("http://127.0.0.1:9/");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {type: object, properties: {name: {type: string}}} | what it takes is not listed
            {$ref: "#/components/schemas/Named"}               | what it takes is not listed
            {type: object, additionalProperties: true}         | no member of its body is described
            {type: array, items: {type: string}}               | no member of its body is described
            {}                                                 | no member of its body is described
            {type: string, format: binary}                     |
            """)
    void refusesABodyOfWhichNothingCanBeAsked(String schema, String finding) {
        // Given
        String description = """
                paths:
                  /v1/things:
                    get: {responses: {}}
                    post: {requestBody: {content: {application/json: {schema: %s}}}}
                components: {schemas: {Named: {type: object, properties: {name: {type: string}}}}}
                """.formatted(schema);

        // When
        List<String> findings = new RequestBodies(NOBODY, description).findings();

        // Then
        assertEquals(finding == null ? List.of() : List.of("POST /v1/things: " + finding), findings);
    }
}
