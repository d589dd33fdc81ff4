package tocsin.sender.endpoint;

import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** The headers that owners want sent with their messages. Their values are as secret as the signing secrets, and kept like these. */
@Singleton
public final class EndpointHeaders {

    /** Stands for a value where it is shown; where it is sent back, for the value that is there. */
    public static final String REDACTED = "[redacted]";

    private final SealedRepository repository;
    private final SecretVault vault;

    EndpointHeaders(SealedRepository repository, SecretVault vault) {
        this.repository = repository;
        this.vault = vault;
    }

    /** In the order in which their owner gave them. */
    public SequencedMap<String, String> of(Endpoint endpoint) {
        return endpoint.headerNames().isEmpty() ? new LinkedHashMap<>() : stored(endpoint.id());
    }

    private SequencedMap<String, String> stored(String endpointId) {
        SequencedMap<String, String> headers = new LinkedHashMap<>();
        repository
                .find(endpointId, SealedKind.HEADERS)
                .map(found -> vault.openText(SealedKind.HEADERS.context(endpointId), found))
                .ifPresent(text -> text.lines().forEach(line -> {
                    int colon = line.indexOf(':');
                    headers.put(line.substring(0, colon), line.substring(colon + 1));
                }));
        return headers;
    }

    /** What came of a wish. */
    sealed interface Wish {

        /** @param headers as they are to be stored */
        record Granted(SequencedMap<String, String> headers) implements Wish {

            @Override
            public String toString() {
                return "Granted[" + headers.keySet() + "]";
            }
        }

        /** @param reason a sentence for the owner */
        record Refused(String reason) implements Wish {}
    }

    /**
     * @param wanted all that the endpoint is to have; a value of {@link #REDACTED} stays as it is
     * @param before what it has
     */
    static Wish judge(Map<String, String> wanted, Map<String, String> before) {
        SequencedMap<String, String> headers = new LinkedHashMap<>();
        for (Map.Entry<String, String> header : wanted.entrySet()) {
            String name = HeaderRules.canonical(header.getKey());
            String value = header.getValue();
            if (value.equals(REDACTED)) {
                if (!before.containsKey(name)) {
                    return new Wish.Refused("The header " + printable(name) + " has no value yet that could stay.");
                }
                value = before.get(name);
            }
            if (headers.put(name, value) != null) {
                return new Wish.Refused("The header " + printable(name) + " is there twice.");
            }
        }
        return HeaderRules.refusal(headers).<Wish>map(Wish.Refused::new).orElseGet(() -> new Wish.Granted(headers));
    }

    private static String printable(String name) {
        return name.length() <= HeaderRules.LONGEST_NAME && name.matches("[\\x21-\\x7E]+") ? name : "of that name";
    }

    void put(String endpointId, SequencedMap<String, String> headers) {
        if (headers.isEmpty()) {
            repository.delete(endpointId, SealedKind.HEADERS);
            return;
        }
        StringBuilder text = new StringBuilder();
        headers.forEach(
                (name, value) -> text.append(name).append(':').append(value).append('\n'));
        repository.put(
                endpointId,
                SealedKind.HEADERS,
                vault.sealText(SealedKind.HEADERS.context(endpointId), text.toString()),
                List.copyOf(headers.keySet()));
    }
}
