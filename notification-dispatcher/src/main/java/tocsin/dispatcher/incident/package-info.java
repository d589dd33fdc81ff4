/**
 * The memory: which advisories are one incident, and which downloads an audience was told of. It never forgets by itself and says nothing of
 * where somebody was told.
 */
@NullMarked
package tocsin.dispatcher.incident;

import org.jspecify.annotations.NullMarked;
