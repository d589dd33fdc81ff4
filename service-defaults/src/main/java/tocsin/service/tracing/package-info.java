/**
 * Follows a message over all services by the header {@code traceparent}: each does its part as a step of one trace. Whom it is told, and that
 * it costs next to nothing where nobody is told, is decided here; which steps there are is the services'.
 */
@NullMarked
package tocsin.service.tracing;

import org.jspecify.annotations.NullMarked;
