package dev.millrace.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code kill -9} of each process in turn, each while events are on their way through it. */
class KilledProcessesIT {
    private record Victim(String name, Consumer<Stack> kill, Consumer<Stack> start) {
        static Victim of(Service service) {
            return new Victim(service.label(), stack -> stack.kill(service), stack -> stack.start(service));
        }
    }

    private static final List<Victim> VICTIMS = List.of(
            Victim.of(Service.INGEST),
            Victim.of(Service.TRANSFORM),
            Victim.of(Service.MODEL),
            Victim.of(Service.LOAD),
            new Victim("kafka", Stack::killKafka, Stack::startKafka),
            new Victim("postgres", Stack::killPostgres, Stack::startPostgres));

    @Test
    void nothing_generated_is_lost_or_doubled() throws Exception {
        killAll("kill-generated", Purchases.generated());
    }

    /** The same with other events takes as long again, so it is among those that {@code ./millrace test --all} runs. */
    @Test
    @Tag("long")
    void nothing_real_is_lost_or_doubled() throws Exception {
        killAll("kill-real", Purchases.real());
    }

    private static void killAll(String name, Purchases purchases) throws Exception {
        try (Stack stack = Stacks.start(name);
                Feeder feeder = new Feeder(stack, purchases)) {
            int slices = VICTIMS.size() + 1;
            int size = purchases.all().size() / slices;
            int fed = 0;
            for (Victim victim : VICTIMS) {
                int from = fed;
                fed += size;
                int to = fed;
                long before = new Warehouse(stack.postgres()).rows();
                CompletableFuture<Void> feeding = CompletableFuture.runAsync(
                        () -> feeder.feed(from, to), feed -> new Thread(feed, "feeder").start());
                awaitRows(stack, before + 1);
                victim.kill().accept(stack);
                long killed = System.nanoTime();
                long rows = victim.name().equals("postgres") ? before : new Warehouse(stack.postgres()).rows();
                assertThat(rows)
                        .as("rows when %s was killed in the middle", victim.name())
                        .isLessThan(to);
                victim.start().accept(stack);
                awaitRows(stack, rows + 1);
                System.out.printf(
                        "%s: %s killed at %,d of %,d rows; rows come again after %.1f s%n",
                        name, victim.name(), rows, to, (System.nanoTime() - killed) / 1e9);
                feeding.join();
            }
            feeder.feed(fed, purchases.all().size());
            Outcome outcome = new Outcome(stack, purchases);
            outcome.await();
            outcome.assertExact();
            System.out.printf("%s: %d requests were sent again%n", name, feeder.repeats());
        }
    }

    private static void awaitRows(Stack stack, long rows) {
        Awaitility.await("rows in the warehouse")
                .atMost(Duration.ofMinutes(2))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> new Warehouse(stack.postgres()).rows() >= rows);
    }
}
