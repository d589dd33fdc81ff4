package tocsin.local.shiplog;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tocsin.schemas.avro.DownloadObserved;

/** From lines to a sink. */
final class LogShipper {

    private final LogFormat format;
    private final Shipping shipping;
    private final RequestSink sink;
    private final ShipTally tally;
    private final Consumer<String> report;

    /** @param report takes what a person should read now, without anything of the lines */
    LogShipper(LogFormat format, Shipping shipping, RequestSink sink, ShipTally tally, Consumer<String> report) {
        this.format = format;
        this.shipping = shipping;
        this.sink = sink;
        this.tally = tally;
        this.report = report;
    }

    /** What lines say, to be given to {@link #ship} until that is done; they are counted here, once. */
    List<DownloadObserved> read(List<String> lines) {
        List<DownloadObserved> requests = new ArrayList<>();
        for (String line : lines) {
            switch (format.read(line)) {
                case LogLine.Told(LoggedRequest request) -> requests.add(shipping.observed(request, line));
                case LogLine.Ignored() -> tally.ignored();
                case LogLine.Bad(String reason) -> {
                    if (tally.bad(reason)) {
                        report.accept("a line is no line of " + format + ": " + reason + " (" + tally.badLines()
                                + " so far)");
                    }
                }
            }
        }
        return requests;
    }

    /** @return whether all of it is durable */
    boolean ship(List<DownloadObserved> requests) {
        if (!requests.isEmpty() && !sink.take(requests)) {
            return false;
        }
        tally.shipped(requests.size());
        return true;
    }
}
