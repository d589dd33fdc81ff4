package tocsin.service.sample;

import tocsin.service.ServiceMain;

public final class SampleMain {

    private SampleMain() {}

    public static void main(String[] args) {
        ServiceMain.run(SampleMain.class, "sample", args);
    }
}
