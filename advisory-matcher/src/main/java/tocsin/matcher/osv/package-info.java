/**
 * Reads OSV records (osv-schema 1.x), which are hostile until read: sizes, depth and counts are capped. Promises that a package
 * that is read has something to evaluate and that every border can be ordered; what to do with a record is left to
 * {@code tocsin.matcher.feed}.
 */
@NullMarked
package tocsin.matcher.osv;

import org.jspecify.annotations.NullMarked;
