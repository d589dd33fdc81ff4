/**
 * Turns the access logs of unmodified proxies into {@code download.observed}: every line that tells of a request, once or more often but always
 * with the same id, and no credential as it stood in the log. Whether a request was a download, the tracker decides.
 */
@NullMarked
package tocsin.local.shiplog;

import org.jspecify.annotations.NullMarked;
