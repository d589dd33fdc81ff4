/**
 * {@code backfill}: has the download-tracker write what its history holds to {@code download.recorded} again, and shows how far it is. The work
 * is the tracker's, which goes on with it whatever becomes of the command.
 */
@NullMarked
package tocsin.local.backfill;

import org.jspecify.annotations.NullMarked;
