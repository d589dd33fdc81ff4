package tocsin.local.stack;

import java.util.ArrayList;
import java.util.List;
import tocsin.local.running.Complaint;
import tocsin.testsupport.FreePorts;

/** Where each part of a stack listens on 127.0.0.1. */
public record StackPorts(
        int tracker,
        int matcher,
        int dispatcher,
        int sender,
        int broker,
        int database,
        int mail,
        int issuer,
        int receiver) {

    private static final int COUNT = 9;
    private static final int HIGHEST = 65_535;

    /** Any on which nothing listens. */
    public static StackPorts free() {
        return of(FreePorts.several(COUNT));
    }

    /**
     * The ports from {@code base} on, in the order of this record.
     *
     * @throws Complaint if something listens on one of them, or they are no ports
     */
    public static StackPorts from(int base) {
        if (base < 1024 || base + COUNT - 1 > HIGHEST) {
            throw new Complaint("--port-base must lie between 1024 and " + (HIGHEST - COUNT + 1));
        }
        int[] ports = new int[COUNT];
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            ports[i] = base + i;
            if (!FreePorts.isFree(ports[i])) {
                taken.add(String.valueOf(ports[i]));
            }
        }
        if (!taken.isEmpty()) {
            throw new Complaint("something listens on port " + String.join(", ", taken)
                    + "; stop it, or choose other ports with --port-base");
        }
        return of(ports);
    }

    /** Of a service's HTTP API. */
    int of(String service) {
        return switch (service) {
            case ServiceSettings.TRACKER -> tracker;
            case ServiceSettings.MATCHER -> matcher;
            case ServiceSettings.DISPATCHER -> dispatcher;
            case ServiceSettings.SENDER -> sender;
            default -> throw new IllegalArgumentException("there is no service " + service);
        };
    }

    private static StackPorts of(int[] ports) {
        return new StackPorts(ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], ports[7], ports[8]);
    }
}
