/** Concurrent, out-of-order, at-least-once consumption of a topic with retry topics. */
@NullMarked
package tocsin.engine;

import org.jspecify.annotations.NullMarked;
