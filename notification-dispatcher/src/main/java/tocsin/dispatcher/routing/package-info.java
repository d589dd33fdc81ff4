/**
 * Decides who is told what, as one pure function of a match, the memory and the settings. Reads nothing and writes nothing itself.
 */
@NullMarked
package tocsin.dispatcher.routing;

import org.jspecify.annotations.NullMarked;
