/** Watching a stack with Prometheus and Grafana. Addresses of services come in; processes that are provisioned with Millrace's rules and dashboards go out. */
package dev.millrace.local.observe;
