/**
 * The commands of {@code ./tocsin} that need Java. Each lies in a package of its own; here is only the door to them, and how a
 * complaint is told.
 */
@NullMarked
package tocsin.local;

import org.jspecify.annotations.NullMarked;
