/**
 * The way out: one POST to a customer's URL, to vetted addresses only, ended by one deadline whatever the other side
 * does. It knows no endpoint, no signature and no retry; what an answer means is the delivery's to decide.
 */
@NullMarked
package tocsin.sender.egress;

import org.jspecify.annotations.NullMarked;
