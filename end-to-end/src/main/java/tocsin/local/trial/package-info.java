/**
 * What services that run in containers need around them while {@code deploy/try-in-containers.sh} tries them, and an organisation that is told.
 * Starts none of them; the script does.
 */
@NullMarked
package tocsin.local.trial;

import org.jspecify.annotations.NullMarked;
