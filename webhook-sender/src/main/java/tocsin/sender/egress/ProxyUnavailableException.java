package tocsin.sender.egress;

import java.util.concurrent.RejectedExecutionException;

/** The forward proxy takes nothing at present: the receiver was not asked. */
public final class ProxyUnavailableException extends RejectedExecutionException {

    ProxyUnavailableException(String why) {
        super(why);
    }
}
