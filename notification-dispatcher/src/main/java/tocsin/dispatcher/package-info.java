/**
 * Remembers who was told what and alone decides what is new. Starts the parts; each feature has a package of its own.
 */
@NullMarked
package tocsin.dispatcher;

import org.jspecify.annotations.NullMarked;
