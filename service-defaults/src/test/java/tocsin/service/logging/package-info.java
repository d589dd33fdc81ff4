/** What a log line looks like. */
@NullMarked
package tocsin.service.logging;

import org.jspecify.annotations.NullMarked;
