/**
 * What the services could not read: to list, to look at, and to send again to where it came from. A record that was sent again is
 * marked by a record beside it in the same quarantine, so that everybody sees the mark. What to mend is left to the person.
 */
@NullMarked
package tocsin.local.quarantine;

import org.jspecify.annotations.NullMarked;
