package tocsin.matcher.bucket;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads buckets over HTTP. Follows no redirect: an address is what an operator wrote. A server that sends nothing, too little at a time or too much is
 * given up. Safe for use by many threads.
 */
final class BucketClient implements AutoCloseable {

    private static final int MAX_ETAG_LENGTH = 256;

    /** What a watched answer must bring from one look to the next but one, unless it ends. */
    private static final long LEAST_BYTES = 1024;

    private final HttpClient http;
    private final Patience patience;
    private final Clock clock;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("bucket-watch").daemon().unstarted(task));

    /**
     * @param answer how long until the headers are there
     * @param stall how long an answer may bring next to nothing
     * @param whole how long an answer may take to its end
     */
    record Patience(Duration answer, Duration stall, Duration whole) {}

    BucketClient(Patience patience, Clock clock) {
        this.patience = patience;
        this.clock = clock;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience.answer())
                .build();
    }

    /**
     * @param etag of what is known already
     * @param most bytes that are read
     * @throws FetchFailedException if the server answers something else than the thing or its absence
     */
    Fetched fetch(URI address, Optional<String> etag, long most) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address).timeout(patience.answer()).GET();
        etag.ifPresent(known -> request.header("If-None-Match", known));
        HttpResponse<InputStream> answer = http.send(request.build(), BodyHandlers.ofInputStream());
        if (answer.statusCode() == 200) {
            return new Fetched.Found(watched(answer.body(), most), etagOf(answer));
        }
        // Nobody reads what a server says beside that: the connection goes with it.
        answer.body().close();
        return switch (answer.statusCode()) {
            case 304 -> new Fetched.Unchanged();
            case 403 -> new Fetched.Denied();
            case 404, 410 -> new Fetched.Missing();
            default -> throw new FetchFailedException("answered " + answer.statusCode(), retryAfter(answer));
        };
    }

    private InputStream watched(InputStream body, long most) {
        BoundedStream bounded = new BoundedStream(body, most);
        AtomicLong seen = new AtomicLong();
        long start = System.nanoTime();
        ScheduledFuture<?> looks = watch.scheduleWithFixedDelay(
                () -> {
                    if (System.nanoTime() - start > patience.whole().toNanos()) {
                        bounded.giveUp(
                                "answer took longer than " + patience.whole().toSeconds() + " s");
                    } else if (bounded.bytesRead() - seen.getAndSet(bounded.bytesRead()) < LEAST_BYTES) {
                        bounded.giveUp("answer came too slowly");
                    }
                },
                patience.stall().toMillis(),
                patience.stall().toMillis(),
                TimeUnit.MILLISECONDS);
        return new Unwatching(bounded, looks);
    }

    /** Who has read it needs no watch any more. */
    private static final class Unwatching extends FilterInputStream {

        private final ScheduledFuture<?> looks;

        Unwatching(InputStream in, ScheduledFuture<?> looks) {
            super(in);
            this.looks = looks;
        }

        @Override
        public void close() throws IOException {
            looks.cancel(false);
            super.close();
        }
    }

    private static Optional<String> etagOf(HttpResponse<?> answer) {
        return answer.headers().firstValue("etag").filter(tag -> tag.length() <= MAX_ETAG_LENGTH);
    }

    private Optional<Duration> retryAfter(HttpResponse<?> answer) {
        return answer.headers().firstValue("retry-after").map(String::strip).flatMap(text -> {
            try {
                Duration wait = text.chars().allMatch(Character::isDigit)
                        ? Duration.ofSeconds(Long.parseLong(text))
                        : Duration.between(
                                clock.instant(),
                                ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                                        .toInstant());
                return Optional.of(wait).filter(it -> !it.isNegative());
            } catch (DateTimeException | NumberFormatException _) {
                return Optional.empty();
            }
        });
    }

    @Override
    public void close() {
        watch.shutdownNow();
        http.shutdownNow();
    }
}
