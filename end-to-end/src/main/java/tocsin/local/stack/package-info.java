/**
 * The whole of Tocsin on this machine: broker, database, mail catcher, token issuer, sample receiver, and the four services as
 * processes of their own. It promises that what runs here is what runs anywhere, with no check switched off, and that all of it
 * stops when asked to. What to send through it is left to the commands and journeys.
 */
@NullMarked
package tocsin.local.stack;

import org.jspecify.annotations.NullMarked;
