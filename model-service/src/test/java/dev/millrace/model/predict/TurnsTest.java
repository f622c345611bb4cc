package dev.millrace.model.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.inference.Deadline;
import dev.millrace.model.inference.LateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void no_more_are_at_it_at_once_than_there_are_turns() throws Exception {
        Turns turns = new Turns(2);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<Integer>> lists = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            int list = i;
            lists.add(threads.submit(() -> turns.take(soon(), () -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                Thread.yield();
                inside.decrementAndGet();
                return list;
            })));
        }

        for (int i = 0; i < lists.size(); i++) {
            assertThat(lists.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i);
        }
        assertThat(most).hasValueLessThanOrEqualTo(2);
    }

    @Test
    void one_whose_time_is_over_before_its_turn_is_told_so() throws Exception {
        Turns turns = new Turns(1);
        CountDownLatch end = new CountDownLatch(1);
        Future<Boolean> first = begun(turns, end);

        assertThatThrownBy(() -> turns.take(Deadline.in(Duration.ofMillis(1)), () -> "a list"))
                .isInstanceOf(LateException.class);

        end.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void nobody_has_to_wait_to_be_told_of_being_late() throws Exception {
        Turns turns = new Turns(1);
        CountDownLatch end = new CountDownLatch(1);
        Future<Boolean> first = begun(turns, end);
        CompletableFuture<LateException> late = new CompletableFuture<>();

        turns.later(Deadline.in(Duration.ofMillis(1)), () -> late.complete(null), late::complete);

        assertThat(late.get(30, TimeUnit.SECONDS)).isNotNull();
        end.countDown();
        assertThat(first.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void one_that_fails_gives_its_turn_back() {
        Turns turns = new Turns(1);

        assertThatThrownBy(() -> turns.take(soon(), () -> {
                    throw new IllegalStateException("no list");
                }))
                .hasMessage("no list");
        assertThat(turns.<String>take(soon(), () -> "the next")).isEqualTo("the next");
    }

    /** A turn that has begun and lasts until the end. */
    private Future<Boolean> begun(Turns turns, CountDownLatch end) throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        Future<Boolean> turn = threads.submit(() -> turns.take(soon(), () -> {
            begun.complete(null);
            return awaited(end);
        }));
        begun.get(30, TimeUnit.SECONDS);
        return turn;
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(30));
    }
}
