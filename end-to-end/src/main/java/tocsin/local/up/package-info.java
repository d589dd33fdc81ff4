/**
 * The stack, left running for a person to work with, and told to the other commands by a file. It promises that what was started
 * stops with it; what happens in between is the person's.
 */
@NullMarked
package tocsin.local.up;

import org.jspecify.annotations.NullMarked;
