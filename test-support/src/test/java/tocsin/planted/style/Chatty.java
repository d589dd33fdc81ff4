package tocsin.planted.style;

import java.util.logging.Logger;

/** Talks past the log. */
final class Chatty {

    private static final Logger LOG = Logger.getLogger("chatty");

    @SuppressWarnings("SystemOut")
    void talk() {
        LOG.info("here");
        System.out.println("there");
    }
}
