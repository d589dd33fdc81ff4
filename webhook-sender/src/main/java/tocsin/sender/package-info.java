/**
 * Webhook endpoints and the deliveries to them: registers endpoints, signs and posts what the dispatcher asks for, and
 * says how each delivery ended. What is told to whom, and why, is the dispatcher's.
 */
@NullMarked
package tocsin.sender;

import org.jspecify.annotations.NullMarked;
