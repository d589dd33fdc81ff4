/**
 * Turns every observed request into a recorded download, a counted drop or a quarantined record, and advances only when the broker has it. A
 * request that is seen again gives the same bytes again; keeping a history of downloads is not its business.
 */
@NullMarked
package tocsin.tracker.recording;

import org.jspecify.annotations.NullMarked;
