package tocsin.service.security;

import java.util.Locale;
import java.util.Optional;

/** What somebody is in an organisation, the least first. */
public enum OrgRole {
    MEMBER,
    MANAGER,
    OWNER;

    public boolean atLeast(OrgRole other) {
        return compareTo(other) >= 0;
    }

    /** As tokens have it: {@code owner}, {@code manager}, {@code member}. */
    public String claim() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<OrgRole> ofClaim(String claim) {
        return switch (claim) {
            case "owner" -> Optional.of(OWNER);
            case "manager" -> Optional.of(MANAGER);
            case "member" -> Optional.of(MEMBER);
            default -> Optional.empty();
        };
    }
}
