package tocsin.local.demo;

import tocsin.local.api.Organisation;

/**
 * Who takes part, all of them registered.
 *
 * @param affected fetches the bad version, and must be told
 * @param bystander fetches the same package in other versions, and must hear nothing
 * @param personalToken SHA-256 of a token whose holder proved {@code personalAddress}
 * @param orgToken SHA-256 of a token that belongs to the affected organisation
 */
record Cast(
        Organisation affected, Organisation bystander, String personalToken, String personalAddress, String orgToken) {}
