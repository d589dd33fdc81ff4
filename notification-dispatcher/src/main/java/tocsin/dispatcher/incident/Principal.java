package tocsin.dispatcher.incident;

import java.util.Optional;
import tocsin.schemas.avro.PrincipalType;

/**
 * Who fetched.
 *
 * @param id unique among the principals of one organisation
 * @param name for people; the id where there is none
 * @param email only of a human
 * @param repository only of a CI job
 */
public record Principal(
        PrincipalType type, String id, String name, Optional<String> email, Optional<String> repository) {}
