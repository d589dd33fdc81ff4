/**
 * The join itself, as pure functions: is this version affected, does this download count, what is one audience told. Promises the
 * same answer for a download and an advisory whichever came first; where they are kept and found is left to
 * {@code tocsin.matcher.topology}.
 */
@NullMarked
package tocsin.matcher.match;

import org.jspecify.annotations.NullMarked;
