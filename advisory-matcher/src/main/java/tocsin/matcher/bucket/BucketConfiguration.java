package tocsin.matcher.bucket;

import io.micronaut.context.annotation.EachProperty;
import io.micronaut.context.annotation.Parameter;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import java.util.List;

/**
 * A feed that is fetched; none by default. Several stand side by side.
 *
 * @param feed its name, as what it publishes is known by
 * @param url of the bucket, in which the ecosystems' folders lie
 * @param ecosystems folders to read, as the bucket names them
 * @param interval how often it is looked for changes
 */
@EachProperty("tocsin.buckets")
record BucketConfiguration(
        @Parameter String feed,
        String url,
        @Bindable(defaultValue = "npm,PyPI") List<String> ecosystems,
        @Bindable(defaultValue = "5m") Duration interval) {

    Bucket bucket() {
        return Bucket.of(feed, url, ecosystems, interval);
    }
}
