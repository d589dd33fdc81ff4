/**
 * Every route wants a bearer token of the configured issuer, but for those listed. What a caller may do to which organisation is asked of
 * {@link tocsin.service.security.Caller}, by the controllers.
 */
@NullMarked
package tocsin.service.security;

import org.jspecify.annotations.NullMarked;
