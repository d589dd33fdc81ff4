/**
 * Advisories in the OSV format, from files to {@code advisory.published}. It promises that every record found is either sent or
 * counted as refused with a reason, and looks only at what makes a record one at all: what it says is the matcher's to judge.
 */
@NullMarked
package tocsin.local.osv;

import org.jspecify.annotations.NullMarked;
