package tocsin.service.tracing;

/** What is being done now, as those see it who send something meanwhile. */
interface Step {

    /** Of the thread that works, and of none that it starts outside a structured scope. */
    ScopedValue<Step> CURRENT = ScopedValue.newInstance();

    /** Asked for when something is sent. */
    TraceParent traceParent();

    void note(String key, String value);

    /** A step that nobody is told of: what is sent names the same cause as what was read. */
    record Unseen(TraceParent traceParent) implements Step {
        @Override
        public void note(String key, String value) {}
    }
}
