package tocsin.tracker.identity;

/** {@link Principal} as messages carry it. */
public final class PrincipalMessage {

    private PrincipalMessage() {}

    /** @throws IllegalArgumentException if the kind is newer than this reader, or a text breaks the rules of {@link Principal}. */
    public static Principal read(tocsin.schemas.avro.Principal message) {
        Principal.Kind kind = switch (message.getType()) {
            case HUMAN -> Principal.Kind.HUMAN;
            case CI_CD -> Principal.Kind.CI_CD;
            case ORG_TOKEN -> Principal.Kind.ORG_TOKEN;
            case ANONYMOUS -> Principal.Kind.ANONYMOUS;
            case UNKNOWN -> throw new IllegalArgumentException("principal of an unknown type");
        };
        return new Principal(kind, message.getId(), message.getName(), message.getEmail(), message.getRepository());
    }

    public static tocsin.schemas.avro.Principal write(Principal principal) {
        return new tocsin.schemas.avro.Principal(
                switch (principal.kind()) {
                    case HUMAN -> tocsin.schemas.avro.PrincipalType.HUMAN;
                    case CI_CD -> tocsin.schemas.avro.PrincipalType.CI_CD;
                    case ORG_TOKEN -> tocsin.schemas.avro.PrincipalType.ORG_TOKEN;
                    case ANONYMOUS -> tocsin.schemas.avro.PrincipalType.ANONYMOUS;
                },
                principal.id(),
                principal.name().orElse(null),
                principal.email().orElse(null),
                principal.repository().orElse(null));
    }
}
