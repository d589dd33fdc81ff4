/**
 * Says whose a download is, from what the proxy claims and what is known of the token it names. Tokens are known by their SHA-256 only; what the
 * world may register, the routes {@code /v1/tokens} check. Whom of an audience to tell is not asked here.
 */
@NullMarked
package tocsin.tracker.identity;

import org.jspecify.annotations.NullMarked;
