package dev.millrace.grafana;

import static dev.millrace.grafana.Panel.lines;

import java.util.List;

/** What the autoscalers go by, and what they do. */
final class AutoscalingBoard {
    private static final String HPA = "namespace=~\"$namespace\",horizontalpodautoscaler=~\".*millrace.*\"";

    private AutoscalingBoard() {}

    static Board board() {
        return new Board(
                "autoscaling",
                "Autoscaling",
                "What the autoscalers go by (processor time, what waits, requests under way) and what they do. The row Kubernetes needs kube-state-metrics and the kubelet's metrics.",
                Jobs.ALL,
                true,
                List.of(
                        Row.of(
                                "Replicas and their load",
                                lines("Instances up", "Instances that answer Prometheus.", Unit.COUNT)
                                        .ask("{{job}}", "sum by (job) (up{@@})"),
                                lines(
                                                "Processor time of an instance",
                                                "Mean and largest share of the processors, by service. Autoscaling by processor time aims at the mean.",
                                                Unit.RATIO)
                                        .ask("mean {{job}}", "avg by (job) (process_cpu_usage{@@})")
                                        .ask("largest {{job}}", "max by (job) (process_cpu_usage{@@})"),
                                lines(
                                                "Events of an instance",
                                                "Events a second that one instance carries on the average.",
                                                Unit.PER_SECOND)
                                        .ask(
                                                "{{job}}",
                                                "sum by (job) (rate(millrace_events_total{@}[$__rate_interval])) / sum by (job) (up{@@})")),
                        Row.of(
                                "What waits",
                                lines(
                                                "Waiting records",
                                                "Records before each stage. More replicas than partitions do not help.",
                                                Unit.COUNT)
                                        .ask(
                                                "{{stage}} {{pipeline}}",
                                                "max by (stage, pipeline) (millrace_waiting_records{@})"),
                                lines(
                                                "Waiting time",
                                                "How long what waits takes at the pace of now. Should come back below the objective of 60 s soon after a scale-up.",
                                                Unit.SECONDS)
                                        .ask(
                                                "{{stage}} {{pipeline}}",
                                                "max by (stage, pipeline) (millrace_waiting_records{@}) / (sum by (stage, pipeline) (rate(millrace_events_total{@}[$__rate_interval])) > 0)")
                                        .bad(60, 300),
                                lines(
                                                "Requests under way",
                                                "HTTP requests that an instance is answering, of ingest and model.",
                                                Unit.COUNT)
                                        .ask("{{job}} {{instance}}", "http_server_active_requests{@@}")),
                        Row.closed(
                                "Kubernetes",
                                lines(
                                                "Replicas: wanted, there, limits",
                                                "What each autoscaler wants and has, between its least and its most. Wanted at the most for long: raise it, or the partitions.",
                                                Unit.COUNT)
                                        .ask(
                                                "wanted {{horizontalpodautoscaler}}",
                                                "kube_horizontalpodautoscaler_status_desired_replicas{" + HPA + "}")
                                        .ask(
                                                "there {{horizontalpodautoscaler}}",
                                                "kube_horizontalpodautoscaler_status_current_replicas{" + HPA + "}")
                                        .ask(
                                                "least {{horizontalpodautoscaler}}",
                                                "kube_horizontalpodautoscaler_spec_min_replicas{" + HPA + "}")
                                        .ask(
                                                "most {{horizontalpodautoscaler}}",
                                                "kube_horizontalpodautoscaler_spec_max_replicas{" + HPA + "}"),
                                lines(
                                                "Autoscalers that can not measure",
                                                "Autoscalers whose metric is missing: they do not scale down, and by that metric not up.",
                                                Unit.COUNT)
                                        .ask(
                                                "{{horizontalpodautoscaler}}",
                                                "kube_horizontalpodautoscaler_status_condition{" + HPA
                                                        + ",condition=\"ScalingActive\",status=\"false\"}"),
                                lines(
                                                "Throttled",
                                                "Share of the scheduler's periods in which a container was held back by its processor limit. The chart sets none by default.",
                                                Unit.RATIO)
                                        .ask(
                                                "{{pod}}",
                                                "sum by (pod) (rate(container_cpu_cfs_throttled_periods_total{namespace=~\"$namespace\",container=~\"ingest|transform|model|load\"}[$__rate_interval])) / sum by (pod) (rate(container_cpu_cfs_periods_total{namespace=~\"$namespace\",container=~\"ingest|transform|model|load\"}[$__rate_interval]))"))));
    }
}
