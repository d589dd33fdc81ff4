package tocsin.local.access;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import tocsin.local.running.BrokerAddress;
import tocsin.local.running.Complaint;

/** The ACLs of a cluster. */
final class AccessAdminClient implements AutoCloseable {

    private static final int LIMIT_SECONDS = 30;

    private final String broker;
    private final Admin admin;

    AccessAdminClient(BrokerAddress address) {
        this.broker = address.bootstrapServers();
        Map<String, Object> settings = new HashMap<>(address.client());
        settings.put("bootstrap.servers", broker);
        settings.put("client.id", "tocsin-access");
        settings.put("enable.metrics.push", false);
        try {
            this.admin = Admin.create(settings);
        } catch (KafkaException e) {
            throw new Complaint("cannot speak to a broker at " + broker, e);
        }
    }

    /** Everything that is said of these principals by name. */
    Set<Grant> find(Collection<String> principals) {
        Set<Grant> found = new HashSet<>();
        for (String principal : principals) {
            await(admin.describeAcls(new AclBindingFilter(
                                    ResourcePatternFilter.ANY,
                                    new AccessControlEntryFilter(
                                            principal, null, AclOperation.ANY, AclPermissionType.ANY)))
                            .values())
                    .forEach(acl -> found.add(grant(acl)));
        }
        return found;
    }

    void grant(List<Grant> grants) {
        await(admin.createAcls(grants.stream().map(AccessAdminClient::acl).toList())
                .all());
    }

    void revoke(List<Grant> grants) {
        await(admin.deleteAcls(
                        grants.stream().map(grant -> acl(grant).toFilter()).toList())
                .all());
    }

    private static Grant grant(AclBinding acl) {
        return new Grant(
                acl.entry().principal(),
                acl.entry().host(),
                acl.entry().permissionType().name(),
                acl.entry().operation().name(),
                acl.pattern().resourceType().name(),
                acl.pattern().patternType().name(),
                acl.pattern().name());
    }

    private static AclBinding acl(Grant grant) {
        return new AclBinding(
                new ResourcePattern(
                        ResourceType.valueOf(grant.resource()), grant.name(), PatternType.valueOf(grant.pattern())),
                new AccessControlEntry(
                        grant.principal(),
                        grant.host(),
                        AclOperation.valueOf(grant.operation()),
                        AclPermissionType.valueOf(grant.permission())));
    }

    private <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new Complaint("the cluster at " + broker + " says: " + cause.getMessage(), e);
        } catch (TimeoutException e) {
            throw new Complaint("no answer from the cluster at " + broker + " within " + LIMIT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while waiting for the cluster", e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
