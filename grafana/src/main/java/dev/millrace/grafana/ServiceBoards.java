package dev.millrace.grafana;

import static dev.millrace.grafana.Panel.lines;
import static dev.millrace.grafana.Panel.stat;

import java.util.List;

/** One board a service: rate, errors and duration of what it does, then what only it has. */
final class ServiceBoards {
    private ServiceBoards() {}

    static Board ingest() {
        return new Board(
                "ingest",
                "Ingest",
                "Sources in, raw events out: requests, files, what was refused and how fast the broker answers.",
                Jobs.of("ingest"),
                true,
                List.of(
                        Row.of(
                                "Now",
                                up(),
                                stat(
                                        "Accepted",
                                        "Events that were acknowledged, a second.",
                                        Unit.PER_SECOND,
                                        "sum(rate(millrace_events_total{@,stage=\"ingest\",outcome=\"ok\"}[$__rate_interval]))"),
                                stat(
                                        "Requests",
                                        "Requests with events or files, a second.",
                                        Unit.REQUESTS_PER_SECOND,
                                        "sum(rate(http_server_requests_seconds_count{@@,uri=~\"/pipelines/.*\"}[$__rate_interval]))"),
                                stat(
                                                "Requests that failed",
                                                "Share of the requests that were answered with a 5xx: the broker did not take their events in time.",
                                                Unit.RATIO,
                                                share("uri=~\"/pipelines/.*\"", "5.."))
                                        .bad(0.001, 0.01),
                                stat(
                                                "Turned away",
                                                "Share of the requests that were answered with 429: too many bytes were under way.",
                                                Unit.RATIO,
                                                share("uri=~\"/pipelines/.*\"", "429"))
                                        .bad(0.01, 0.05),
                                stat(
                                                "Rejected",
                                                "Share of the events that are not as declared.",
                                                Unit.RATIO,
                                                rejectedShare("ingest"))
                                        .bad(0.01, 0.05),
                                stat(
                                                "Oldest file",
                                                "How long the oldest file of any source has been waiting to be read to its end.",
                                                Unit.SECONDS,
                                                "max(millrace_source_lag_seconds{@})")
                                        .bad(300, 600),
                                stat(
                                        "Bytes under way",
                                        "Bytes of the requests that are being answered.",
                                        Unit.BYTES,
                                        "sum(millrace_http_in_flight_bytes{@@})")),
                        Row.of(
                                "Requests",
                                lines("Requests by status", "Requests with events or files.", Unit.REQUESTS_PER_SECOND)
                                        .ask(
                                                "{{status}}",
                                                "sum by (status) (rate(http_server_requests_seconds_count{@@,uri=~\"/pipelines/.*\"}[$__rate_interval]))")
                                        .stack(),
                                lines(
                                                "Time to answer",
                                                "From a request to its answer, which comes when the broker has its events.",
                                                Unit.SECONDS)
                                        .percentiles("http_server_requests_seconds", "@@,uri=~\"/pipelines/.*\"", ""),
                                lines(
                                                "Bytes under way",
                                                "Bytes of the requests that are being answered. At millrace.http.max-in-flight, 64 MB by default, further ones get 429.",
                                                Unit.BYTES)
                                        .ask("{{instance}}", "millrace_http_in_flight_bytes{@@}")),
                        Row.of(
                                "Events",
                                events("ingest"),
                                rejected("ingest"),
                                lines(
                                                "Work on a request or a part of a file",
                                                "How long ingest took to read, check and hand over the events of one request or chunk.",
                                                Unit.SECONDS)
                                        .percentiles("millrace_stage_seconds", "@,stage=\"ingest\"", "")),
                        Row.of(
                                "Files",
                                lines(
                                                "Oldest file by source",
                                                "How long the oldest file of a source has been waiting to be read to its end; 0 when all are read.",
                                                Unit.SECONDS)
                                        .ask(
                                                "{{source}} {{pipeline}}",
                                                "max by (source, pipeline) (millrace_source_lag_seconds{@})")
                                        .bad(300, 600)
                                        .wide(12),
                                lines(
                                                "Age at acceptance",
                                                "Time from an event's coming in to the broker's having it.",
                                                Unit.SECONDS)
                                        .percentiles("millrace_age_seconds", "@,stage=\"ingest\"", "")
                                        .wide(12))));
    }

    static Board transform() {
        return new Board(
                "transform",
                "Transform",
                "Raw events in, clean ones out: quality checks, what was rejected, failures of streams.",
                Jobs.of("transform"),
                true,
                List.of(
                        Row.of(
                                "Now",
                                up(),
                                throughput("transform"),
                                stat(
                                                "Rejected",
                                                "Share of the events that a check or a derived field rejected.",
                                                Unit.RATIO,
                                                rejectedShare("transform"))
                                        .bad(0.01, 0.05),
                                age("transform"),
                                stat(
                                                "Stream failures",
                                                "Times that a pipeline's stream failed and was started again, within the time shown.",
                                                Unit.COUNT,
                                                "sum(increase(millrace_stream_failures_total{@}[$__range]))")
                                        .bad(1, 3),
                                stat(
                                                "Late events",
                                                "Events that came too late for a window's allowed lateness: they went on without its features, flagged late.",
                                                Unit.COUNT,
                                                "sum(increase(millrace_late_events_total{@}[$__range])) or vector(0)")
                                        .bad(1, 1000)),
                        Row.of("Events", events("transform"), rejected("transform"), waiting("transform")),
                        Row.of(
                                "Quality",
                                lines(
                                                "Checks that failed",
                                                "Quality checks that an event failed, by check. A failed check rejects or flags the event, as declared.",
                                                Unit.PER_SECOND)
                                        .ask(
                                                "{{check}} {{pipeline}}",
                                                "sum by (check, pipeline) (rate(millrace_quality_checks_total{@,result=\"fail\"}[$__rate_interval]))"),
                                lines(
                                                "Share of events that fail",
                                                "Of the events that a check looked at, the share that failed it. A jump is mostly a change at the source.",
                                                Unit.RATIO)
                                        .ask(
                                                "{{check}} {{pipeline}}",
                                                "sum by (check, pipeline) (rate(millrace_quality_checks_total{@,result=\"fail\"}[$__rate_interval])) / sum by (check, pipeline) (rate(millrace_quality_checks_total{@}[$__rate_interval]))"),
                                lines(
                                                "Stream failures",
                                                "Times that a pipeline's stream failed and was started again after a pause.",
                                                Unit.COUNT)
                                        .ask(
                                                "{{pipeline}}",
                                                "sum by (pipeline) (increase(millrace_stream_failures_total{@}[$__rate_interval]))")),
                        Row.of(
                                "References",
                                lines(
                                                "Rows of references",
                                                "Rows that lookups find, by file or topic. It falls to nothing where a reference was emptied by mistake.",
                                                Unit.COUNT)
                                        .ask(
                                                "{{reference}} {{pipeline}}",
                                                "max by (reference, pipeline) (millrace_reference_rows{@})")
                                        .wide(12),
                                lines(
                                                "References that can not be read",
                                                "1 while a reference has changed and can not be read as declared: lookups go on with the rows before.",
                                                Unit.COUNT)
                                        .ask(
                                                "{{reference}} {{pipeline}}",
                                                "max by (reference, pipeline) (millrace_reference_problem{@})")
                                        .wide(12)),
                        Row.of(
                                "Time",
                                lines(
                                                "Age when clean",
                                                "Time from an event's acceptance to its leaving transform.",
                                                Unit.SECONDS)
                                        .percentiles("millrace_age_seconds", "@,stage=\"transform\"", "")
                                        .wide(12),
                                lines("Work on an event", "How long transform worked on one event.", Unit.SECONDS)
                                        .percentiles("millrace_stage_seconds", "@,stage=\"transform\"", "")
                                        .wide(12))));
    }

    static Board model() {
        return new Board(
                "model",
                "Model service",
                "Clean events in, scored ones out, and /predict: rate, errors and duration of both. What the models say is on the board Models.",
                Jobs.of("model"),
                true,
                List.of(
                        Row.of(
                                "Now",
                                up(),
                                stat(
                                        "Requests to /predict",
                                        "Requests to /predict, a second.",
                                        Unit.REQUESTS_PER_SECOND,
                                        "sum(rate(http_server_requests_seconds_count{@@,uri=~\"/predict.*\"}[$__rate_interval]))"),
                                stat(
                                                "Requests that failed",
                                                "Share of the requests to /predict that were answered with a 5xx.",
                                                Unit.RATIO,
                                                share("uri=~\"/predict.*\"", "5.."))
                                        .bad(0.001, 0.01),
                                stat(
                                                "Time to answer, p99",
                                                "Of the requests to /predict, all but the slowest hundredth were answered within.",
                                                Unit.SECONDS,
                                                "histogram_quantile(0.99, sum by (le) (rate(http_server_requests_seconds_bucket{@@,uri=~\"/predict.*\"}[$__rate_interval])))")
                                        .bad(0.1, 0.25),
                                throughput("model"),
                                age("model"),
                                stat(
                                                "Rejected",
                                                "Share of the events of the stream that could not be scored.",
                                                Unit.RATIO,
                                                rejectedShare("model"))
                                        .bad(0.01, 0.05),
                                stat(
                                        "Requests under way",
                                        "HTTP requests that are being answered. At millrace.predict.max-concurrent, 256 by default, further ones get 503.",
                                        Unit.COUNT,
                                        "sum(http_server_active_requests{@@})")),
                        Row.of(
                                "/predict",
                                lines("Requests by status", "Requests to /predict.", Unit.REQUESTS_PER_SECOND)
                                        .ask(
                                                "{{status}}",
                                                "sum by (status) (rate(http_server_requests_seconds_count{@@,uri=~\"/predict.*\"}[$__rate_interval]))")
                                        .stack(),
                                lines(
                                                "Refused by reason",
                                                "Requests to /predict that were answered with a 5xx, by the reason that the caller was told.",
                                                Unit.REQUESTS_PER_SECOND)
                                        .ask(
                                                "{{reason}}",
                                                "sum by (reason) (rate(millrace_predict_refused_total{@@}[$__rate_interval]))")
                                        .stack(),
                                lines("Time to answer", "From a request to /predict to its answer.", Unit.SECONDS)
                                        .percentiles("http_server_requests_seconds", "@@,uri=~\"/predict.*\"", ""),
                                lines(
                                                "Requests under way",
                                                "HTTP requests that are being answered, by instance.",
                                                Unit.COUNT)
                                        .ask("{{instance}}", "sum by (instance) (http_server_active_requests{@@})")),
                        Row.of("Stream", events("model"), rejected("model"), waiting("model")),
                        Row.of(
                                "Time",
                                lines(
                                                "Age when scored",
                                                "Time from an event's acceptance to its leaving the model service.",
                                                Unit.SECONDS)
                                        .percentiles("millrace_age_seconds", "@,stage=\"model\"", ""),
                                lines(
                                                "Work on a batch",
                                                "How long it took to read, score and commit one batch of the stream.",
                                                Unit.SECONDS)
                                        .percentiles("millrace_stage_seconds", "@,stage=\"model\"", ""),
                                lines(
                                                "Of which in the model",
                                                "How long a call of a model took, whatever its rows; stream and /predict together.",
                                                Unit.SECONDS)
                                        .percentiles("millrace_prediction_seconds", "@@", "model"))));
    }

    static Board load() {
        return new Board(
                "load",
                "Load",
                "Clean or scored events in, rows out: how fast, how late, and whether the warehouse takes them.",
                Jobs.of("load"),
                true,
                List.of(
                        Row.of(
                                "Now",
                                up(),
                                throughput("load"),
                                age("load"),
                                stat(
                                                "Pipelines that are loaded",
                                                "Of the pipelines with a warehouse, the share whose events are being written. The others wait for the database or have tables that do not fit.",
                                                Unit.RATIO,
                                                "avg(max by (pipeline) (millrace_load_working{@}))")
                                        .good(0.99, 1),
                                stat(
                                        "Not loaded yet",
                                        "Records of the replicas' partitions that are not in the warehouse yet.",
                                        Unit.COUNT,
                                        "sum(millrace_load_lag_records{@})"),
                                stat(
                                        "Duplicates",
                                        "Share of the events that were in the warehouse already and changed nothing.",
                                        Unit.RATIO,
                                        "sum(rate(millrace_events_total{@,stage=\"load\",outcome=\"duplicate\"}[$__rate_interval])) / sum(rate(millrace_events_total{@,stage=\"load\"}[$__rate_interval]))"),
                                stat(
                                                "Rejected",
                                                "Share of the events that the warehouse refused.",
                                                Unit.RATIO,
                                                rejectedShare("load"))
                                        .bad(0.01, 0.05)),
                        Row.of("Events", events("load"), rejected("load"), waiting("load")),
                        Row.of(
                                "Batches",
                                lines(
                                                "Time for a batch",
                                                "How long one transaction took: staging, merging, committing.",
                                                Unit.SECONDS)
                                        .percentiles("millrace_stage_seconds", "@,stage=\"load\"", ""),
                                lines(
                                                "Batches",
                                                "Transactions that were committed. Few and large ones are the cheapest; at little traffic there is one each millrace.load.linger.",
                                                Unit.PER_SECOND)
                                        .ask(
                                                "{{pipeline}}",
                                                "sum by (pipeline) (rate(millrace_stage_seconds_count{@,stage=\"load\"}[$__rate_interval]))"),
                                lines("Events a batch", "How many events one transaction loads.", Unit.COUNT)
                                        .ask(
                                                "{{pipeline}}",
                                                "sum by (pipeline) (rate(millrace_age_seconds_count{@,stage=\"load\"}[$__rate_interval])) / sum by (pipeline) (rate(millrace_stage_seconds_count{@,stage=\"load\"}[$__rate_interval]))")),
                        Row.of(
                                "Time",
                                lines(
                                                "Age when committed",
                                                "Time from an event's acceptance to its commit in the warehouse: the freshness of the data. The objective is 99 % within 60 s.",
                                                Unit.SECONDS)
                                        .percentiles("millrace_age_seconds", "@,stage=\"load\"", "pipeline")
                                        .bad(60, 300)
                                        .wide(12),
                                lines(
                                                "Loaded by instance",
                                                "Events that each replica wrote. A replica without partitions writes none.",
                                                Unit.PER_SECOND)
                                        .ask(
                                                "{{instance}}",
                                                "sum by (instance) (rate(millrace_events_total{@,stage=\"load\",outcome=\"ok\"}[$__rate_interval]))")
                                        .stack()
                                        .wide(12)),
                        Row.of(
                                "Models",
                                lines(
                                                "How good models turned out to be",
                                                "Precision, recall and average precision of the last days whose labels are known, by the scores that were given. Empty while no labels are old enough.",
                                                Unit.RATIO)
                                        .ask(
                                                "{{model}} {{version}} {{measure}}",
                                                "max by (model, version, measure) (millrace_model_quality{@,measure!=\"positives\"})")
                                        .wide(12))));
    }

    private static Panel up() {
        return stat("Instances up", "Instances that answer Prometheus.", Unit.COUNT, "sum(up{@@})")
                .good(1, 1);
    }

    private static Panel throughput(String stage) {
        return stat(
                "Events",
                "Events that left the stage, a second, whatever became of them.",
                Unit.PER_SECOND,
                "sum(rate(millrace_events_total{@,stage=\"" + stage + "\"}[$__rate_interval]))");
    }

    private static Panel age(String stage) {
        return stat(
                        "Age, p99",
                        "Time from an event's acceptance to its leaving this stage, of all but the slowest hundredth.",
                        Unit.SECONDS,
                        "histogram_quantile(0.99, sum by (le) (rate(millrace_age_seconds_bucket{@,stage=\"" + stage
                                + "\"}[$__rate_interval])))")
                .bad(30, 60);
    }

    private static String share(String matchers, String status) {
        return "(sum(rate(http_server_requests_seconds_count{@@," + matchers + ",status=~\"" + status
                + "\"}[$__rate_interval])) or vector(0)) / sum(rate(http_server_requests_seconds_count{@@," + matchers
                + "}[$__rate_interval]))";
    }

    private static String rejectedShare(String stage) {
        return "(sum(rate(millrace_events_total{@,stage=\"" + stage
                + "\",outcome=\"rejected\"}[$__rate_interval])) or vector(0)) / sum(rate(millrace_events_total{@,stage=\""
                + stage + "\"}[$__rate_interval]))";
    }

    private static Panel events(String stage) {
        return lines("Events by outcome", "Events that left the stage.", Unit.PER_SECOND)
                .ask(
                        "{{outcome}} {{pipeline}}",
                        "sum by (outcome, pipeline) (rate(millrace_events_total{@,stage=\"" + stage
                                + "\"}[$__rate_interval]))");
    }

    private static Panel rejected(String stage) {
        return lines(
                        "Rejected by reason",
                        "Records that went to the rejected topic, which has the reason in words and the original bytes.",
                        Unit.PER_SECOND)
                .ask(
                        "{{reason}} {{pipeline}}",
                        "sum by (reason, pipeline) (rate(millrace_rejected_total{@,stage=\"" + stage
                                + "\"}[$__rate_interval]))")
                .stack();
    }

    /** Load's audit tells it for all stages, whichever job the board is for. */
    private static Panel waiting(String stage) {
        return lines(
                        "Waiting before it",
                        "Records of the stage's topic that it has not done with, by the offsets it has committed. Load tells it, for every stage.",
                        Unit.COUNT)
                .ask(
                        "{{pipeline}}",
                        "max by (pipeline) (millrace_waiting_records{namespace=~\"$namespace\",job=\"millrace-load\",pipeline=~\"$pipeline\",stage=\""
                                + stage + "\"})");
    }
}
