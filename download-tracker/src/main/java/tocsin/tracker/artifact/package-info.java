/**
 * Says which request fetched a package file, and of what package and version. What it cannot read it calls unknown: it never guesses. Who made the
 * request is asked elsewhere.
 */
@NullMarked
package tocsin.tracker.artifact;

import org.jspecify.annotations.NullMarked;
