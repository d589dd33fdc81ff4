package tocsin.dispatcher.email;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import javax.net.ServerSocketFactory;

/** An SMTP server that says what a test tells it to, one script for each mail or, where it is about the greeting, each connection; without a script it takes the mail. */
final class ScriptedSmtpServer implements AutoCloseable {

    /** At which command, and with what: an answer, one that is said {@code slowly}, {@code drop} to hang up, {@code silence} to say nothing more, or {@code deaf} to go on as usual and read nothing more. */
    record Script(String command, String answer) {}

    private static final String SLOWLY = "slowly ";
    /** Less than the client's patience. */
    private static final Duration SLOW = Duration.ofMillis(250);

    private static final Script NONE = new Script("", "");
    private static final Set<String> OF_CONNECTIONS = Set.of("GREETING", "EHLO", "STARTTLS");

    private final ServerSocket listening;
    private final ConcurrentLinkedDeque<Script> scripts = new ConcurrentLinkedDeque<>();
    private final List<String> taken = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    ScriptedSmtpServer() {
        this(ServerSocketFactory.getDefault());
    }

    /** @param sockets such as those of a TLS context */
    ScriptedSmtpServer(ServerSocketFactory sockets) {
        try {
            listening = sockets.createServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    void next(String command, String answer) {
        scripts.add(new Script(command, answer));
        if (OF_CONNECTIONS.contains(command)) {
            hangUp();
        }
    }

    /** So that the next mail needs a new connection. */
    private void hangUp() {
        try {
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The mails that it has answered for, as they came. */
    List<String> taken() {
        return List.copyOf(taken);
    }

    /** How many connections there were. */
    int connections() {
        return open.size();
    }

    private synchronized Script nextIf(Predicate<String> command) {
        Script head = scripts.peek();
        if (head == null || !command.test(head.command())) {
            return NONE;
        }
        return scripts.remove();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> converse(socket));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void converse(Socket socket) {
        Script script = nextIf(OF_CONNECTIONS::contains);
        try (socket;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                OutputStream out = socket.getOutputStream()) {
            if (!answer(out, script, "GREETING", "220 ready")) {
                return;
            }
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String command = line.replaceFirst("[ :].*", "").toUpperCase(Locale.ROOT);
                if (command.equals("MAIL")) {
                    script = nextIf(it -> !OF_CONNECTIONS.contains(it));
                }
                boolean goOn = switch (command) {
                    case "EHLO" -> answer(out, script, command, "250-scripted\r\n250 STARTTLS");
                    // And then goes on in plain words.
                    case "STARTTLS" -> answer(out, script, command, "220 go on");
                    case "DATA" ->
                        script.command().equals(command)
                                ? answer(out, script, command, "354 go on")
                                : answer(out, script, command, "354 go on") && body(in, out, script);
                    case "QUIT" -> {
                        answer(out, script, command, "221 bye");
                        yield false;
                    }
                    default -> answer(out, script, command, "250 ok");
                };
                if (!goOn) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client hung up.
        }
    }

    private boolean body(BufferedReader in, OutputStream out, Script script) throws IOException {
        StringBuilder mail = new StringBuilder();
        for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
            mail.append(line).append('\n');
        }
        if (!script.command().equals("BODY")) {
            taken.add(mail.toString());
        }
        return answer(out, script, "BODY", "250 taken");
    }

    private boolean answer(OutputStream out, Script script, String command, String usual) throws IOException {
        String answer = script.command().equals(command) ? script.answer() : usual;
        if (answer.equals("deaf")) {
            out.write((usual + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
            awaitEnd();
            return false;
        }
        if (answer.equals("drop")) {
            return false;
        }
        if (answer.startsWith(SLOWLY)) {
            LockSupport.parkNanos(SLOW.toNanos());
            answer = answer.substring(SLOWLY.length());
        }
        if (!answer.equals("silence")) {
            out.write((answer + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
        return true;
    }

    private void awaitEnd() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            listening.close();
            hangUp();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
