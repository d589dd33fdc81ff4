/** A service with nothing of its own, to see what every service has. */
@NullMarked
package tocsin.service.sample;

import org.jspecify.annotations.NullMarked;
