package dev.millrace.grafana;

import static dev.millrace.grafana.Panel.lines;
import static dev.millrace.grafana.Panel.stat;
import static dev.millrace.grafana.Panel.table;

import java.util.List;

/** Kafka as Millrace sees it: what waits, what was written, how the broker answers. The broker's own boards are its operator's. */
final class KafkaBoard {
    private KafkaBoard() {}

    static Board board() {
        return new Board(
                "kafka",
                "Kafka",
                "Topics as the services see them: what waits in them, in records and in time, what was rejected, and how the broker answers ingest. For the brokers' own health use their operator's dashboards.",
                Jobs.ALL,
                true,
                List.of(
                        Row.of(
                                "Now",
                                stat(
                                                "Waiting",
                                                "Records before any stage that it has not done with.",
                                                Unit.COUNT,
                                                "sum(max by (pipeline, stage) (millrace_waiting_records{@}))")
                                        .bad(100_000, 1_000_000),
                                stat(
                                        "Written to raw",
                                        "Events that ingest wrote, a second.",
                                        Unit.PER_SECOND,
                                        "sum(rate(millrace_events_total{@,stage=\"ingest\",outcome=\"ok\"}[$__rate_interval]))"),
                                stat(
                                        "Written to rejected",
                                        "Records that any stage wrote to a rejected topic, a second.",
                                        Unit.PER_SECOND,
                                        "sum(rate(millrace_rejected_total{@}[$__rate_interval]))"),
                                stat(
                                                "Sends that failed",
                                                "Records that ingest could not send, a second. Their requests were answered with 503.",
                                                Unit.PER_SECOND,
                                                "sum(rate(kafka_producer_record_error_total{@@}[$__rate_interval]))")
                                        .bad(0.01, 1),
                                stat(
                                                "Sends that were repeated",
                                                "Records that ingest sent again because the broker did not answer, a second.",
                                                Unit.PER_SECOND,
                                                "sum(rate(kafka_producer_record_retry_total{@@}[$__rate_interval]))")
                                        .bad(1, 100),
                                stat(
                                                "Stream failures",
                                                "Times that a pipeline's stream failed and was started again, within the time shown.",
                                                Unit.COUNT,
                                                "sum(increase(millrace_stream_failures_total{@}[$__range]))")
                                        .bad(1, 3)),
                        Row.of(
                                "What waits",
                                lines(
                                                "Waiting records",
                                                "Records that a stage has not done with, by the offsets its group has committed.",
                                                Unit.COUNT)
                                        .ask(
                                                "{{pipeline}} before {{stage}}",
                                                "max by (pipeline, stage) (millrace_waiting_records{@})"),
                                lines(
                                                "Waiting time",
                                                "What waits, divided by what the stage does now: how long a new record has to wait.",
                                                Unit.SECONDS)
                                        .ask(
                                                "{{pipeline}} before {{stage}}",
                                                "max by (pipeline, stage) (millrace_waiting_records{@}) / (sum by (pipeline, stage) (rate(millrace_events_total{@}[$__rate_interval])) > 0)"),
                                lines(
                                                "Oldest at each stage",
                                                "The greatest age, since acceptance, of what left a stage in the last minutes.",
                                                Unit.SECONDS)
                                        .ask(
                                                "{{pipeline}} {{stage}}",
                                                "max by (pipeline, stage) (millrace_age_seconds_max{@})")),
                        Row.of(
                                "Topics",
                                lines(
                                                "Records by topic",
                                                "Records written to each topic a second, by the audit's count up to its horizon: a minute or two behind.",
                                                Unit.PER_SECOND)
                                        .ask(
                                                "{{pipeline}} {{point}}",
                                                "max by (pipeline, point) (deriv(millrace_audit_records{@,point=~\"raw|clean|scored|rejected_.*\"}[5m]))")
                                        .wide(12),
                                table(
                                                "Records since the audit began",
                                                "What each topic has held since then, deleted or not, up to the audit's horizon.",
                                                Unit.COUNT,
                                                "max by (pipeline, point) (millrace_audit_records{@})")
                                        .wide(12)),
                        Row.of(
                                "How the broker answers ingest's producer",
                                lines(
                                                "Time for a request",
                                                "Mean and longest time that the broker took for a request of the last half minute.",
                                                Unit.MILLISECONDS)
                                        .ask("mean {{instance}}", "kafka_producer_request_latency_avg{@@}")
                                        .ask("longest {{instance}}", "kafka_producer_request_latency_max{@@}"),
                                lines(
                                                "Time in the queue",
                                                "How long records wait in the producer until they are sent: linger.ms, and longer while the broker is slow.",
                                                Unit.MILLISECONDS)
                                        .ask("mean {{instance}}", "kafka_producer_record_queue_time_avg{@@}")
                                        .ask("longest {{instance}}", "kafka_producer_record_queue_time_max{@@}"),
                                lines(
                                                "Free buffer",
                                                "What is free of the producer's 64 MB. At 0, requests wait.",
                                                Unit.BYTES)
                                        .ask("{{instance}}", "kafka_producer_buffer_available_bytes{@@}"),
                                lines("Sent", "Bytes that the producer sent.", Unit.BYTES_PER_SECOND)
                                        .ask(
                                                "{{instance}}",
                                                "rate(kafka_producer_outgoing_byte_total{@@}[$__rate_interval])"),
                                lines("Batch size", "Mean bytes a batch: the larger, the cheaper.", Unit.BYTES)
                                        .ask("{{instance}}", "kafka_producer_batch_size_avg{@@}"),
                                lines(
                                                "Throttled",
                                                "How long the broker made the producer wait because of a quota.",
                                                Unit.MILLISECONDS)
                                        .ask("{{instance}}", "kafka_producer_produce_throttle_time_avg{@@}"))));
    }
}
