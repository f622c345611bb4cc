package dev.millrace.service.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.process.Life;
import dev.millrace.service.topics.TestTopics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateBookTest {
    private static final int SERVICES = 6;

    @TempDir
    Path folder;

    @Test
    void services_that_follow_the_same_edits_at_the_same_time_all_get_them_written() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"), 0, Life.SHORT)) {
            Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
            List<StateBook> books = Stream.generate(() -> new StateBook(kafka, TestTopics.of(kafka)))
                    .limit(SERVICES)
                    .toList();
            ExecutorService threads = Executors.newFixedThreadPool(SERVICES);
            try {
                for (String edit : List.of("first", "second", "third")) {
                    StateRecord wished = StateRecord.first(new StateRecord.Version("", edit, null, Map.of()));
                    List<Callable<Optional<StateRecord>>> changes = books.stream()
                            .<Callable<Optional<StateRecord>>>map(book -> () -> book.change("shop", before -> wished))
                            .toList();
                    for (Future<Optional<StateRecord>> written : threads.invokeAll(changes)) {
                        assertThat(written.get()).contains(wished);
                    }
                }
            } finally {
                threads.shutdownNow();
                books.forEach(StateBook::close);
            }
        }
    }
}
