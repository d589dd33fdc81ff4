package tocsin.service.security;

import com.nimbusds.jwt.JWTClaimsSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a caller from claims: {@code orgs}, an object of organisation id and role, and {@code scope}, words separated by spaces. A role or scope that
 * is not known here gives nothing and spoils nothing, so that issuers may add some.
 */
final class CallerClaims {

    private static final int MOST_ORGANISATIONS = 1_000;
    private static final int LONGEST_NAME = 256;

    private CallerClaims() {}

    /** @return empty if a claim has another shape than agreed */
    static Optional<Caller> read(JWTClaimsSet claims) {
        String subject = claims.getSubject();
        if (subject == null || subject.isBlank() || subject.length() > LONGEST_NAME) {
            return Optional.empty();
        }
        return organisations(claims.getClaim("orgs"))
                .flatMap(orgs -> scopes(claims.getClaim("scope")).map(scopes -> new Caller(subject, orgs, scopes)));
    }

    private static Optional<Map<String, OrgRole>> organisations(@Nullable Object claim) {
        if (claim == null) {
            return Optional.of(Map.of());
        }
        if (!(claim instanceof Map<?, ?> orgs) || orgs.size() > MOST_ORGANISATIONS) {
            return Optional.empty();
        }
        Map<String, OrgRole> roles = new HashMap<>();
        for (Map.Entry<?, ?> entry : orgs.entrySet()) {
            if (!(entry.getKey() instanceof String org) || !(entry.getValue() instanceof String role)) {
                return Optional.empty();
            }
            if (!org.isBlank() && org.length() <= LONGEST_NAME) {
                OrgRole.ofClaim(role).ifPresent(known -> roles.put(org, known));
            }
        }
        return Optional.of(roles);
    }

    private static Optional<Set<ServiceScope>> scopes(@Nullable Object claim) {
        if (claim == null) {
            return Optional.of(Set.of());
        }
        if (!(claim instanceof String words)) {
            return Optional.empty();
        }
        Set<ServiceScope> scopes = EnumSet.noneOf(ServiceScope.class);
        for (String word : words.split(" ", -1)) {
            ServiceScope.ofClaim(word).ifPresent(scopes::add);
        }
        return Optional.of(scopes);
    }
}
