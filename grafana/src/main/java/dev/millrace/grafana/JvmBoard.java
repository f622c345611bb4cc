package dev.millrace.grafana;

import static dev.millrace.grafana.Panel.lines;
import static dev.millrace.grafana.Panel.stat;

import java.util.List;

/** The Java machines below the services. */
final class JvmBoard {
    private JvmBoard() {}

    static Board board() {
        return new Board(
                "jvm",
                "JVM",
                "Memory, collections, threads and processor time of each process.",
                Jobs.ALL,
                false,
                List.of(
                        Row.of(
                                "Now",
                                stat(
                                        "Processes",
                                        "Processes that tell of themselves.",
                                        Unit.COUNT,
                                        "count(process_uptime_seconds{@})"),
                                stat(
                                        "Youngest",
                                        "How long the process that was started last has been running.",
                                        Unit.SECONDS,
                                        "min(process_uptime_seconds{@})"),
                                stat(
                                                "Heap after a collection",
                                                "The fullest long-lived heap after a collection.",
                                                Unit.RATIO,
                                                "max(jvm_memory_usage_after_gc{@,area=\"heap\"})")
                                        .bad(0.8, 0.9),
                                stat(
                                                "Time for collections",
                                                "The largest share of time that a process spends on collections.",
                                                Unit.RATIO,
                                                "max(jvm_gc_overhead{@})")
                                        .bad(0.1, 0.25),
                                stat(
                                                "Processor time",
                                                "The largest share of its processors that a process uses.",
                                                Unit.RATIO,
                                                "max(process_cpu_usage{@})")
                                        .bad(0.8, 0.95),
                                stat(
                                                "Open files",
                                                "The largest share of the files that a process may open.",
                                                Unit.RATIO,
                                                "max(process_files_open_files{@} / process_files_max_files{@})")
                                        .bad(0.5, 0.8)),
                        Row.of(
                                "Memory",
                                lines("Heap", "Heap in use, and what it may grow to.", Unit.BYTES)
                                        .ask(
                                                "in use {{job}} {{instance}}",
                                                "sum by (job, instance) (jvm_memory_used_bytes{@,area=\"heap\"})")
                                        .ask(
                                                "most {{job}} {{instance}}",
                                                "sum by (job, instance) (jvm_memory_max_bytes{@,area=\"heap\"} > 0)"),
                                lines(
                                                "Beside the heap",
                                                "Classes, compiled code and so on. RocksDB and ONNX Runtime take memory of their own that no Java machine counts.",
                                                Unit.BYTES)
                                        .ask(
                                                "{{job}} {{instance}}",
                                                "sum by (job, instance) (jvm_memory_used_bytes{@,area=\"nonheap\"})"),
                                lines("Direct buffers", "Memory of network buffers.", Unit.BYTES)
                                        .ask(
                                                "{{job}} {{instance}}",
                                                "sum by (job, instance) (jvm_buffer_memory_used_bytes{@,id=\"direct\"})"),
                                lines(
                                                "Heap after a collection",
                                                "Share of the long-lived heap in use after a collection; a line that only rises is a leak.",
                                                Unit.RATIO)
                                        .ask("{{job}} {{instance}}", "jvm_memory_usage_after_gc{@,area=\"heap\"}")
                                        .bad(0.8, 0.9),
                                lines("Allocated", "Memory that is asked for.", Unit.BYTES_PER_SECOND)
                                        .ask(
                                                "{{job}} {{instance}}",
                                                "sum by (job, instance) (rate(jvm_gc_memory_allocated_bytes_total{@}[$__rate_interval]))"),
                                lines(
                                                "Promoted",
                                                "Memory that lived long enough to move to the long-lived heap.",
                                                Unit.BYTES_PER_SECOND)
                                        .ask(
                                                "{{job}} {{instance}}",
                                                "sum by (job, instance) (rate(jvm_gc_memory_promoted_bytes_total{@}[$__rate_interval]))")),
                        Row.of(
                                "Collections",
                                lines("Collections", "How many there were.", Unit.PER_SECOND)
                                        .ask(
                                                "{{job}} {{instance}} {{gc}}",
                                                "sum by (job, instance, gc) (rate(jvm_gc_pause_seconds_count{@}[$__rate_interval]))"),
                                lines("Longest pause", "The longest pause of the last minutes.", Unit.SECONDS)
                                        .ask(
                                                "{{job}} {{instance}}",
                                                "max by (job, instance) (jvm_gc_pause_seconds_max{@})"),
                                lines("Time for collections", "Share of time that goes into collections.", Unit.RATIO)
                                        .ask("{{job}} {{instance}}", "jvm_gc_overhead{@}")
                                        .bad(0.1, 0.25)),
                        Row.of(
                                "Processor and threads",
                                lines(
                                                "Processor time",
                                                "Share of the machine's processors that a process uses, and that all use.",
                                                Unit.RATIO)
                                        .ask("{{job}} {{instance}}", "process_cpu_usage{@}")
                                        .ask("the machine of {{job}} {{instance}}", "system_cpu_usage{@}"),
                                lines(
                                                "Threads by state",
                                                "Threads; many that are blocked wait for each other.",
                                                Unit.COUNT)
                                        .ask("{{state}}", "sum by (state) (jvm_threads_states_threads{@})")
                                        .stack(),
                                lines("Threads by process", "Threads of each process.", Unit.COUNT)
                                        .ask("{{job}} {{instance}}", "jvm_threads_live_threads{@}")),
                        Row.closed(
                                "More",
                                lines("Load", "The machine's load of one minute, by its processors.", Unit.COUNT)
                                        .ask(
                                                "{{instance}}",
                                                "max by (instance) (system_load_average_1m{@} / system_cpu_count{@})"),
                                lines("Open files", "Files and connections that are open.", Unit.COUNT)
                                        .ask("{{job}} {{instance}}", "process_files_open_files{@}"),
                                lines("Classes", "Classes that are loaded.", Unit.COUNT)
                                        .ask("{{job}} {{instance}}", "jvm_classes_loaded_classes{@}"))));
    }
}
