package tocsin.service.security;

import java.util.Map;
import java.util.Set;
import tocsin.service.http.Problem;

/**
 * Who asks. A controller takes it as an argument; every request but those of open routes has one.
 *
 * @param subject of the token; for logs it is as private as an address
 * @param organisations role by id of the organisation
 */
public record Caller(String subject, Map<String, OrgRole> organisations, Set<ServiceScope> scopes) {

    public Caller {
        organisations = Map.copyOf(organisations);
        scopes = Set.copyOf(scopes);
    }

    public boolean hasRole(String org, OrgRole atLeast) {
        OrgRole role = organisations.get(org);
        return role != null && role.atLeast(atLeast);
    }

    public boolean hasScope(ServiceScope scope) {
        return scopes.contains(scope);
    }

    /** @throws Problem 403, the same whether the organisation is another's, does not exist, or the role is too low */
    public void requireRole(String org, OrgRole atLeast) {
        if (!hasRole(org, atLeast)) {
            throw Problem.forbidden("This needs the role " + atLeast.claim() + " in the organisation.");
        }
    }

    /** @throws Problem 403 */
    public void requireScope(ServiceScope scope) {
        if (!hasScope(scope)) {
            throw Problem.forbidden("This needs the scope " + scope.claim() + ".");
        }
    }

    @Override
    public String toString() {
        return "Caller[organisations=" + organisations.size() + ", scopes=" + scopes + "]";
    }
}
