/**
 * Passes events of the platform on to the endpoints of the organisation that they happened in. What an event means is its sender's business.
 */
@NullMarked
package tocsin.dispatcher.events;

import org.jspecify.annotations.NullMarked;
