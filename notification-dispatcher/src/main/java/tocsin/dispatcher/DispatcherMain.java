package tocsin.dispatcher;

import tocsin.service.ServiceMain;

/** Starts the notification-dispatcher. */
public final class DispatcherMain {

    private DispatcherMain() {}

    public static void main(String[] args) {
        ServiceMain.run(DispatcherMain.class, "notification-dispatcher", args);
    }
}
