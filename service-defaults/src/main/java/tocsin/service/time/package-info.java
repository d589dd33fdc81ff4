/**
 * The one place that asks the machine for the time. Everybody else takes a {@link java.time.Clock}.
 */
@NullMarked
package tocsin.service.time;

import org.jspecify.annotations.NullMarked;
