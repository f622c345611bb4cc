package dev.millrace.bench.streaming;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The processor time that a process has taken so far, and which of its threads took it, as Linux has it under
 * {@code /proc}; elsewhere all of it is of other threads.
 */
public record ProcessorTime(Duration total, Map<Part, Duration> parts) {
    /** A tick of {@code /proc}: its user-visible clock runs at 100 Hz on every architecture that a JVM is built for. */
    private static final Duration TICK = Duration.ofMillis(10);

    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;

    /** What a thread is for. */
    public enum Part {
        /** Reads, computes, writes to the stores and hands records to the producer. */
        STREAM,
        /** Sends to the broker and takes its answers. */
        PRODUCER,
        /** Writes full memory to the disk and merges files. */
        ROCKSDB,
        /** Collects garbage: the serial collector has no thread of its own. */
        COLLECTOR,
        /** Compiles. */
        COMPILERS,
        /** Timers, HTTP, and compilers that have ended. */
        OTHER;

        /** By a thread's name, of which Linux has the first 15 letters. */
        private static Part of(String thread) {
            if (thread.startsWith("millrace-transf") || thread.startsWith("handwritten-")) {
                return STREAM;
            } else if (thread.startsWith("kafka-producer")) {
                return PRODUCER;
            } else if (thread.startsWith("rocksdb")) {
                return ROCKSDB;
            } else if (thread.equals("VM Thread")) {
                return COLLECTOR;
            }
            return thread.startsWith("C1 Comp") || thread.startsWith("C2 Comp") ? COMPILERS : OTHER;
        }
    }

    /** As of now. */
    static ProcessorTime of(ProcessHandle process) {
        Map<Part, Duration> parts = new EnumMap<>(Part.class);
        Path tasks = Path.of("/proc/" + process.pid() + "/task");
        if (Files.isDirectory(tasks)) {
            try (Stream<Path> threads = Files.list(tasks)) {
                for (Path thread : threads.toList()) {
                    add(thread.resolve("stat"), parts);
                }
            } catch (IOException e) {
                throw new IllegalStateException("the threads of " + process.pid() + " can not be read", e);
            }
        }
        return new ProcessorTime(process.info().totalCpuDuration().orElseThrow(), parts);
    }

    private static void add(Path stat, Map<Part, Duration> parts) throws IOException {
        try {
            String text = Files.readString(stat);
            String name = text.substring(text.indexOf('(') + 1, text.lastIndexOf(')'));
            String[] numbers = text.substring(text.lastIndexOf(')') + 2).split(" ");
            long ticks = Long.parseLong(numbers[USER_TICKS]) + Long.parseLong(numbers[SYSTEM_TICKS]);
            parts.merge(Part.of(name), TICK.multipliedBy(ticks), Duration::plus);
        } catch (NoSuchFileException e) {
            // It has just ended.
            return;
        }
    }

    /** Microseconds for each of so many events since then, by what took them. */
    Map<Part, Double> since(ProcessorTime before, long events) {
        Map<Part, Double> micros = new EnumMap<>(Part.class);
        double all = total.minus(before.total).toNanos() / 1e3 / events;
        double known = 0;
        for (Part part : Part.values()) {
            if (part != Part.OTHER) {
                Duration spent =
                        parts.getOrDefault(part, Duration.ZERO).minus(before.parts.getOrDefault(part, Duration.ZERO));
                micros.put(part, Math.max(0, spent.toNanos() / 1e3 / events));
                known += micros.get(part);
            }
        }
        micros.put(Part.OTHER, Math.max(0, all - known));
        return micros;
    }
}
