/**
 * Where things are on this machine: the folder that Tocsin lies in, the stack that runs, the broker that a command speaks to. It
 * starts nothing; that is the stack's. What is sent to the broker is left to each command.
 */
@NullMarked
package tocsin.local.running;

import org.jspecify.annotations.NullMarked;
