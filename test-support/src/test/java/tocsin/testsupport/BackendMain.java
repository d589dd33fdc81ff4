package tocsin.testsupport;

/** Starts a database on whatever backend its JVM was told. */
final class BackendMain {

    private BackendMain() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) {
        try (PostgresServer _ = PostgresServer.start()) {
            System.out.println("started");
        } catch (IllegalStateException refused) {
            System.out.println("refused: " + refused.getMessage());
        }
    }
}
