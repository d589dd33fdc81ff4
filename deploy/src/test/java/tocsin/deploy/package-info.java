/**
 * Holds what operations install to what the services are: the chart is rendered and read strictly, rules and dashboards are run and asked which metrics
 * they name. Nothing is installed anywhere here.
 */
@NullMarked
package tocsin.deploy;

import org.jspecify.annotations.NullMarked;
