package dev.millrace.transform.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PauseTest {
    private long now;
    private final Pause pause = new Pause(() -> now);

    @Test
    void doubles_with_each_failure_up_to_half_a_minute() {
        assertThat(Stream.generate(() -> pause.afterFailure().toSeconds()).limit(7))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void is_short_again_after_five_good_minutes() {
        pause.afterFailure();
        pause.afterFailure();

        now += Duration.ofMinutes(4).toNanos();
        assertThat(pause.afterFailure()).hasSeconds(4);
        now += Duration.ofMinutes(5).toNanos() + 1;
        assertThat(pause.afterFailure()).hasSeconds(1);
        assertThat(pause.afterFailure()).hasSeconds(2);
    }

    @Test
    void who_waits_is_woken_by_the_end() throws Exception {
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> pause.await(Duration.ofHours(1)));
        assertThat(pause.isOver()).isFalse();

        pause.end();

        waiting.get(10, TimeUnit.SECONDS);
        assertThat(pause.isOver()).isTrue();
    }
}
