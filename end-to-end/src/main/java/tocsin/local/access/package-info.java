/**
 * What each service may do on a cluster: the ACLs of its principal, made of {@code deploy/access.yaml}, shown, granted and, when
 * asked for, taken away. Who the principals are, and how they prove it, is left to the cluster.
 */
@NullMarked
package tocsin.local.access;

import org.jspecify.annotations.NullMarked;
