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
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** An SMTP server that says what a test tells it to, one script for each mail or, where it is about the greeting, each connection; without a script it takes the mail. */
final class ScriptedSmtpServer implements AutoCloseable {

    /** At which command, and with what: an answer, one that is said {@code slowly}, {@code drop} to hang up, {@code silence} to say nothing more, or {@code deaf} to go on as usual and read nothing more. */
    record Script(String command, String answer) {}

    private static final String SLOWLY = "slowly ";
    /** Less than the client's patience. */
    private static final Duration SLOW = Duration.ofMillis(250);

    private static final Script NONE = new Script("", "");
    private static final Set<String> OF_CONNECTIONS = Set.of("GREETING", "EHLO", "STARTTLS", "AUTH");

    static final String USER = "alarm";
    static final String PASSWORD = "a password";

    private static final String OVER_TLS = "TLS ";

    private final SmtpConfig.Tls tls;
    private final Optional<SSLContext> certified;
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final ServerSocket listening;
    private final ConcurrentLinkedDeque<Script> scripts = new ConcurrentLinkedDeque<>();
    private final List<String> taken = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    ScriptedSmtpServer() {
        this(SmtpConfig.Tls.NONE, Optional.empty());
    }

    /** One that has a certificate, and takes mails of {@link #USER} only. */
    ScriptedSmtpServer(SmtpConfig.Tls tls, SSLContext certified) {
        this(tls, Optional.of(certified));
    }

    private ScriptedSmtpServer(SmtpConfig.Tls tls, Optional<SSLContext> certified) {
        this.tls = tls;
        this.certified = certified;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
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

    /** The commands, each that came over TLS after {@code TLS}. */
    List<String> heard() {
        return List.copyOf(heard);
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
        try (socket) {
            if (tls != SmtpConfig.Tls.TLS) {
                if (!answer(socket.getOutputStream(), script, "GREETING", "220 ready")
                        || !converse(socket, script, "")
                        || tls != SmtpConfig.Tls.STARTTLS) {
                    return;
                }
            }
            try (Socket secured = secured(socket)) {
                if (tls == SmtpConfig.Tls.STARTTLS
                        || answer(secured.getOutputStream(), script, "GREETING", "220 ready")) {
                    converse(secured, script, OVER_TLS);
                }
            }
        } catch (IOException e) {
            // The client hung up.
        }
    }

    private Socket secured(Socket socket) throws IOException {
        SSLSocket secured = (SSLSocket) certified
                .orElseThrow()
                .getSocketFactory()
                .createSocket(socket, socket.getInetAddress().getHostAddress(), socket.getPort(), true);
        secured.setUseClientMode(false);
        return secured;
    }

    /** @return whether TLS begins now */
    private boolean converse(Socket socket, Script first, String how) throws IOException {
        Script script = first;
        boolean welcome = certified.isEmpty();
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        OutputStream out = socket.getOutputStream();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String command = line.replaceFirst("[ :].*", "").toUpperCase(Locale.ROOT);
            heard.add(how + command);
            if (command.equals("MAIL")) {
                script = nextIf(it -> !OF_CONNECTIONS.contains(it));
            }
            boolean goOn = switch (command) {
                case "EHLO" -> answer(out, script, command, extensions(how));
                case "STARTTLS" -> answer(out, script, command, "220 go on");
                case "AUTH" -> {
                    welcome = isPassword(line);
                    yield answer(out, script, command, welcome ? "235 welcome" : "535 nobody of that name");
                }
                case "MAIL" -> answer(out, script, command, welcome ? "250 ok" : "530 who are you");
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
                return false;
            }
            // Without a certificate it goes on in plain words.
            if (command.equals("STARTTLS") && certified.isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** RFC 4616: as whom, by what name, with what password. */
    private static boolean isPassword(String line) {
        byte[] decoded = Base64.getDecoder().decode(line.substring("AUTH PLAIN ".length()));
        String[] said = new String(decoded, StandardCharsets.UTF_8).split("\0", -1);
        return said.length == 3 && said[1].equals(USER) && said[2].equals(PASSWORD);
    }

    /** It would take a password before TLS, too. */
    private String extensions(String how) {
        String login = certified.isPresent() ? "250-AUTH PLAIN\r\n" : "";
        return "250-scripted\r\n" + login + (how.isEmpty() ? "250 STARTTLS" : "250 8BITMIME");
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
