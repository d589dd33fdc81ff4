/**
 * Which addresses may get mail: an organisation's confirmed ones, and a token holder's verified one. Nothing here is confirmed by a GET, and
 * no address gets anything but its confirmation before.
 */
@NullMarked
package tocsin.dispatcher.address;

import org.jspecify.annotations.NullMarked;
