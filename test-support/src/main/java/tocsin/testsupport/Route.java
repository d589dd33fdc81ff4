package tocsin.testsupport;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A route of a service.
 *
 * @param method in upper case
 * @param path with its variables: {@code /v1/orgs/{org}/things/{id}}
 */
public record Route(String method, String path) implements Comparable<Route> {

    private static final Pattern VARIABLE = Pattern.compile("\\{/?([A-Za-z0-9_]+)[^}]*}");

    /** @param text method and path with a space between */
    public static Route parse(String text) {
        String[] parts = text.split(" ", 2);
        return new Route(parts[0], parts[1]);
    }

    List<String> variables() {
        return VARIABLE.matcher(path).results().map(it -> it.group(1)).toList();
    }

    /** The path with values; what none is given for gets a word that means nothing. */
    String filled(Map<String, String> values) {
        Function<MatchResult, String> value = it -> values.getOrDefault(it.group(1), "none-such");
        return VARIABLE.matcher(path.replace("{/", "/{")).replaceAll(value);
    }

    @Override
    public int compareTo(Route other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
