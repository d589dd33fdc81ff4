package tocsin.matcher;

import tocsin.service.ServiceMain;

/** Starts the advisory-matcher. */
public final class MatcherMain {

    private MatcherMain() {}

    public static void main(String[] args) {
        ServiceMain.run(MatcherMain.class, "advisory-matcher", args);
    }
}
