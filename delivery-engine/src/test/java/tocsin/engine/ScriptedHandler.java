package tocsin.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import tocsin.engine.Outcome.Done;

/** Answers by a script and keeps a book of what it was asked. */
final class ScriptedHandler implements DeliveryHandler {

    interface Script {
        Outcome answer(Delivery delivery) throws Exception;
    }

    interface End {
        void reached(Delivery delivery, String reason) throws Exception;
    }

    /** @param end when the script had answered */
    record Attempt(Delivery delivery, Instant start, Instant end) {

        String body() {
            return new String(delivery.value(), UTF_8);
        }

        int number() {
            return delivery.attempt();
        }
    }

    private final Clock clock = Clock.systemUTC();
    private final Script script;
    private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
    private final Queue<String> exhausted = new ConcurrentLinkedQueue<>();
    private final Queue<String> askedToPark = new ConcurrentLinkedQueue<>();
    private End end = (_, _) -> {};
    private boolean parks;
    private Function<Exception, FaultScope> scope = _ -> FaultScope.DELIVERY;

    ScriptedHandler(Script script) {
        this.script = script;
    }

    static ScriptedHandler done() {
        return new ScriptedHandler(_ -> new Done());
    }

    /** The answer to attempt 1, 2, …; the last one to all beyond. */
    static ScriptedHandler answering(Outcome... byAttempt) {
        return new ScriptedHandler(delivery -> byAttempt[Math.min(delivery.attempt(), byAttempt.length) - 1]);
    }

    ScriptedHandler parking() {
        parks = true;
        return this;
    }

    ScriptedHandler ending(End how) {
        end = how;
        return this;
    }

    ScriptedHandler faulting(Function<Exception, FaultScope> scopes) {
        scope = scopes;
        return this;
    }

    /** The same handler for another engine, telling of each attempt there. */
    DeliveryHandler tellingOf(Runnable attempt) {
        ScriptedHandler book = this;
        return new DeliveryHandler() {
            @Override
            public Outcome deliver(Delivery delivery) throws Exception {
                attempt.run();
                return book.deliver(delivery);
            }

            @Override
            public void exhausted(Delivery delivery, String reason) throws Exception {
                book.exhausted(delivery, reason);
            }
        };
    }

    @Override
    public Outcome deliver(Delivery delivery) throws Exception {
        Instant start = clock.instant();
        Outcome outcome = script.answer(delivery);
        attempts.add(new Attempt(delivery, start, clock.instant()));
        return outcome;
    }

    @Override
    public void exhausted(Delivery delivery, String reason) throws Exception {
        end.reached(delivery, reason);
        exhausted.add(new String(delivery.value(), UTF_8) + ": " + reason);
    }

    @Override
    public boolean park(Delivery delivery, String reason) {
        askedToPark.add(new String(delivery.value(), UTF_8));
        return parks;
    }

    @Override
    public FaultScope scopeOf(Exception fault) {
        return scope.apply(fault);
    }

    /** Those that the script answered, in the order of their answers; exceptions are not among them. */
    List<Attempt> attempts() {
        return List.copyOf(attempts);
    }

    List<String> bodies() {
        return attempts.stream().map(Attempt::body).toList();
    }

    /** Body and attempt number of each that was made more than once. */
    List<String> repeated() {
        return attempts.stream()
                .collect(Collectors.groupingBy(it -> it.body() + " #" + it.number(), Collectors.counting()))
                .entrySet()
                .stream()
                .filter(it -> it.getValue() > 1)
                .map(it -> it.getKey() + " ×" + it.getValue())
                .sorted()
                .toList();
    }

    List<String> exhausted() {
        return List.copyOf(exhausted);
    }

    List<String> askedToPark() {
        return List.copyOf(askedToPark);
    }

    static boolean hasBody(Delivery delivery, String... bodies) {
        return Arrays.asList(bodies).contains(new String(delivery.value(), UTF_8));
    }
}
