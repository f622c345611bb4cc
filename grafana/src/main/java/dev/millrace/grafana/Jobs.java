package dev.millrace.grafana;

/** The jobs under which Prometheus knows the services, in a cluster and on one machine. */
final class Jobs {
    static final String ALL = "millrace-(ingest|transform|model|load)";

    private Jobs() {}

    static String of(String service) {
        return "millrace-" + service;
    }
}
