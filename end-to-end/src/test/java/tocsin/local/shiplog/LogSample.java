package tocsin.local.shiplog;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A line of a proxy's log, good or bad; a secret in it is called SECRET.
 *
 * @param format as which it is read
 */
record LogSample(LogFormat format, String line) {

    private static final String VERDACCIO = """
            {"level":35,"time":1776241800123,"pid":7,"hostname":"proxy","sub":"in","request":{"method":"GET","url":"/event-stream/-/event-stream-3.3.6.tgz"},"user":"jane","remoteIP":"192.0.2.7","status":200,"bytes":{"in":0,"out":4096},"msg":"200, user: jane(192.0.2.7)"}""";

    private static final String NGINX = """
            {"msec":"1776241800.123","request_id":"0a1b2c3d4e5f60718293a4b5c6d7e8f9","remote_user":"","http_authorization":"","request_method":"GET","request_uri":"/event-stream/-/event-stream-3.3.6.tgz","status":"200","body_bytes_sent":"4096"}""";

    static final String NEXUS = """
            192.0.2.7 - jane [15/Apr/2026:08:30:00 +0000] "GET /repository/npm-proxy/event-stream/-/event-stream-3.3.6.tgz HTTP/1.1" 200 - 4096 12 "npm/11.19.1 node/v20" [qtp1-21]""";

    private static final String ARTIFACTORY =
            "2026-04-15T08:30:00.123Z|4a3b2c1d|192.0.2.7|jane|GET|/api/npm/npm-remote/event-stream/-/event-stream-3.3.6.tgz|200|-1|4096|12|npm/11.19.1 | node";

    /** Each has something of its own. */
    static List<LogSample> all() {
        List<LogSample> lines = new ArrayList<>();
        for (LogFormat format : LogFormat.values()) {
            String line = sample(format);
            lines.add(new LogSample(format, line));
            Stream.of(
                            line.replace(".tgz", ".tgz?token=SECRET#x"),
                            line.replace("jane", "anonymous"),
                            line.replace("jane", "-"),
                            line.replace("jane", "J\u00fcrgen \u65e5\u672c"),
                            line.replace("200", "302").replace("4096", "0"),
                            line.replace("4096", "0"),
                            line.replace("4096", "-1"),
                            line.replace("GET", "HEAD"),
                            line.replace("\"GET\"", "\"" + "M".repeat(33) + "\""),
                            line.replace("200", "099"),
                            line.replace(".tgz", "x".repeat(5_000)),
                            line.replaceFirst("(?=/[a-z/-]*event-stream/-/)", "http://jane:SECRET@proxy.example.com"),
                            "no line of SECRET",
                            "",
                            "   ")
                    .forEach(changed -> lines.add(new LogSample(format, changed)));
            Stream.of(
                            "/-/user/token/SECRET",
                            "/npm/-/npm/v1/tokens/token/SECRET",
                            "/-%2fuser%2Ftoken%2FSECRET",
                            "/%2d/user%252ftoken%252fSECRET",
                            "/-/user/%74o%6Ben/SECRET",
                            "//-//user//token//SECRET",
                            "/-/v1/login_cli%2fSEC%2fSECRET",
                            "/-/v1/login%5Fcli/SECRET",
                            "/-/v1/done/SECRET",
                            "/token/-/token-1.0.0.tgz",
                            "/@token%2fdone/-/@token/done-1.0.0.tgz",
                            "/-/user/org.couchdb.user:jane")
                    .forEach(path -> lines.add(
                            new LogSample(format, line.replaceFirst("/[a-z/-]*event-stream/-/\\S*?tgz", path))));
        }
        for (String header : List.of(
                "Bearer SECRET",
                "bearer   SECRET ",
                "Basic " + base64("jane:SECRET"),
                "Basic " + base64("__token__:SECRET"),
                "Basic " + base64("SECRET:"),
                "Basic " + base64("__token__:"),
                "Basic !!!",
                "Digest SECRET")) {
            String line = NGINX.replace("\"http_authorization\":\"\"", "\"http_authorization\":\"" + header + "\"");
            lines.add(new LogSample(LogFormat.NGINX, line));
            lines.add(new LogSample(
                    LogFormat.NGINX,
                    line.replace(
                            "\"remote_user\":\"\"",
                            "\"remote_user\":\"" + (header.contains(base64("SECRET:")) ? "SECRET" : "june") + "\"")));
        }
        Stream.of(
                        NGINX.replace("\"request_id\"", "\"other\""),
                        NGINX.replace("0a1b", "0".repeat(300)),
                        NGINX.replace("1776241800.123", "1776241800"),
                        NGINX.replace("1776241800.123", "1776241800.1239"),
                        NGINX.replace("1776241800.123", "1e9"),
                        NGINX.replace("\"status\":\"200\"", "\"status\":200"),
                        NGINX.replace("\"msec\"", "\"token_sha256\":\"" + "5e".repeat(32) + "\",\"msec\""),
                        NGINX.replace("event", "\\u00e9v\\u00e9nement\\ud83d\\ude00\\/\\\"\\\\"),
                        NGINX.replace("\"request_method\":\"GET\",", ""))
                .forEach(line -> lines.add(new LogSample(LogFormat.NGINX, line)));
        Stream.of(
                        VERDACCIO.replace("1776241800123", "\"2026-04-15T10:30:00.123+02:00\""),
                        VERDACCIO.replace("1776241800123", "\"2026-02-29T10:30:00Z\""),
                        VERDACCIO.replace("\"user\":\"jane\"", "\"user\":null"),
                        VERDACCIO.replace("\"user\":\"jane\"", "\"user\":17"),
                        VERDACCIO.replace("\"request\"", "\"req\""),
                        VERDACCIO.replace("\"status\":200,", ""),
                        VERDACCIO.replace("\"level\":35", "\"level\":" + "[".repeat(30)),
                        VERDACCIO.replace("\"level\":35", "\"level\":[1,{},[],true,false,null,-1.5e3]"))
                .forEach(line -> lines.add(new LogSample(LogFormat.VERDACCIO, line)));
        Stream.of(
                        NEXUS.replace("15/Apr/2026:08:30:00 +0000", "29/Feb/2028:23:59:59 -0330"),
                        NEXUS.replace("Apr", "Foo"),
                        NEXUS.replace("- 4096", "- -"),
                        NEXUS.replace(" HTTP/1.1", ""),
                        NEXUS.replace("- jane [", "- - ["))
                .forEach(line -> lines.add(new LogSample(LogFormat.NEXUS, line)));
        Stream.of(
                        ARTIFACTORY.replace("|jane|", "|non_authenticated_user|"),
                        ARTIFACTORY.replace("|npm/11.19.1 | node", ""),
                        ARTIFACTORY.replace("|12|npm/11.19.1 | node", ""),
                        ARTIFACTORY.replace("08:30:00.123Z", "08:30:00.1+05:30"),
                        ARTIFACTORY.replace("|200|", "|abc|"))
                .forEach(line -> lines.add(new LogSample(LogFormat.ARTIFACTORY, line)));
        return lines;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private static String sample(LogFormat format) {
        return switch (format) {
            case VERDACCIO -> VERDACCIO;
            case NGINX -> NGINX;
            case NEXUS -> NEXUS;
            case ARTIFACTORY -> ARTIFACTORY;
        };
    }

    /** What {@code ship-log} makes of it, as {@code docs/events.md} has it; empty if it sends nothing. */
    Optional<JsonNode> shipped(Shipping shipping) {
        return switch (format.read(line)) {
            case LogLine.Told(LoggedRequest request) -> Optional.of(ObservedJson.of(shipping.observed(request, line)));
            case LogLine.Ignored() -> Optional.empty();
            case LogLine.Bad(String _) -> Optional.empty();
        };
    }
}
