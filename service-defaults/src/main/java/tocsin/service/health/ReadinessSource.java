package tocsin.service.health;

import java.util.Optional;

/** A part without which the service cannot work now. Beans of this type make up {@code /health/readiness}; they never touch liveness. */
public interface ReadinessSource {

    /** Names this part among the others, in health details and logs. */
    String readinessName();

    /**
     * Asked often: answers at once from what it knows.
     *
     * @return why the service cannot work now, in a few words without secrets; empty when it can
     */
    Optional<String> whyNotReady();
}
