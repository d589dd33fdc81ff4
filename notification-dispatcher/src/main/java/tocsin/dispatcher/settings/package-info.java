/**
 * What an organisation wants to be told, where, and since when; and what it has paid for. Decides when a destination counts as new; what is
 * sent there is decided by routing.
 */
@NullMarked
package tocsin.dispatcher.settings;

import org.jspecify.annotations.NullMarked;
