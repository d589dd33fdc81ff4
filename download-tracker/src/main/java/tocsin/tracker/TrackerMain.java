package tocsin.tracker;

import tocsin.service.ServiceMain;

/** Starts the download-tracker. */
public final class TrackerMain {

    private TrackerMain() {}

    public static void main(String[] args) {
        ServiceMain.run(TrackerMain.class, "download-tracker", args);
    }
}
