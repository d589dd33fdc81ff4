package tocsin.tracker;

import tocsin.testsupport.KafkaBroker;

/** One broker for all tests that have topics of their own by a prefix, and that leave it running. */
public final class SharedBroker {

    public static final KafkaBroker BROKER = KafkaBroker.start();

    private SharedBroker() {}
}
