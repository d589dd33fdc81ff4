/**
 * Which organisations may have webhooks, as the dispatcher tells. What is refused to the others is for those to say who offer it; whether something
 * is sent to them is the dispatcher's to decide.
 */
@NullMarked
package tocsin.sender.entitlement;

import org.jspecify.annotations.NullMarked;
