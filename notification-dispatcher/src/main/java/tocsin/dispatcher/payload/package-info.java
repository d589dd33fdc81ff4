/**
 * The data member of guard.malicious_package_detected: the documented fields in the documented order, then our additions. Pure; the envelope
 * around it is the webhook sender's.
 */
@NullMarked
package tocsin.dispatcher.payload;

import org.jspecify.annotations.NullMarked;
