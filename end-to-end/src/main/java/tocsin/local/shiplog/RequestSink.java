package tocsin.local.shiplog;

import java.util.List;
import tocsin.schemas.avro.DownloadObserved;

/** Takes requests for good. */
@FunctionalInterface
interface RequestSink {

    /** @return whether all of them are durable; if not, each may be, and all are to be given again */
    boolean take(List<DownloadObserved> requests);
}
