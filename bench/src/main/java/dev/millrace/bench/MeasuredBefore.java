package dev.millrace.bench;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.bench.streaming.Streaming.Compared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/** What was measured of rolling features, of each number of partitions the last, in a file: each can be measured alone. */
record MeasuredBefore(Path file) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** All that was measured, fewer partitions first. */
    List<Compared> all() throws IOException {
        return List.copyOf(read().values());
    }

    /** Takes the place of what was measured with as many partitions. */
    void put(Compared compared) throws IOException {
        TreeMap<Integer, Compared> all = read();
        all.put(compared.partitions(), compared);
        JSON.writeValue(file.toFile(), all);
    }

    private TreeMap<Integer, Compared> read() throws IOException {
        return Files.exists(file)
                ? JSON.readValue(file.toFile(), new TypeReference<TreeMap<Integer, Compared>>() {})
                : new TreeMap<>();
    }
}
