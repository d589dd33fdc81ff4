/**
 * Liveness says that the process is worth keeping, which it is until a {@link tocsin.service.BackgroundWork} is dead; readiness that it can do its work now. What else work needs, each part says itself by a
 * {@link tocsin.service.health.ReadinessSource}.
 */
@NullMarked
package tocsin.service.health;

import org.jspecify.annotations.NullMarked;
