package dev.millrace.model.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.TinyOnnx;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchingTest {
    private final List<Runnable> handedOver = new ArrayList<>();
    private OnnxModel model;

    @BeforeEach
    void load() throws Exception {
        model = OnnxModel.load(TinyOnnx.lookup());
    }

    @AfterEach
    void unload() {
        model.close();
    }

    @Test
    void a_call_of_an_idle_model_is_run_at_once() {
        CompletableFuture<List<Tensor>> answer = model.queue().submit(call(3), limits(256, 8, 1), handedOver::add);

        assertThat(answer).isCompleted();
        assertThat(handedOver).isEmpty();
        assertThat(scores(answer)).containsExactly(0.3f);
    }

    @Test
    void calls_that_come_meanwhile_are_run_together_up_to_the_most_rows() {
        RunQueue.Limits limits = limits(3, 8, 1);
        List<CompletableFuture<List<Tensor>>> answers = new ArrayList<>();
        model.queue().submit(call(0), limits, task -> {
            throw new AssertionError("nobody waits yet");
        });
        occupied(limits, () -> {
            for (int i = 0; i < 4; i++) {
                answers.add(model.queue().submit(call(i), limits, handedOver::add));
            }
        });

        assertThat(answers).noneMatch(CompletableFuture::isDone);
        assertThat(handedOver).hasSize(1);
        handedOver.get(0).run();
        assertThat(answers.subList(0, 3)).allMatch(CompletableFuture::isDone);
        assertThat(answers.get(3)).isNotDone();
        assertThat(handedOver).hasSize(2);
        handedOver.get(1).run();
        for (int i = 0; i < 4; i++) {
            assertThat(scores(answers.get(i))).containsExactly(i / 10f);
        }
        assertThat(handedOver).hasSize(2);
    }

    @Test
    void a_call_that_fails_does_not_fail_those_it_was_put_together_with() {
        RunQueue.Limits limits = limits(256, 8, 1);
        List<CompletableFuture<List<Tensor>>> answers = new ArrayList<>();
        occupied(limits, () -> {
            answers.add(model.queue().submit(call(1, 2), limits, handedOver::add));
            answers.add(model.queue().submit(call(99), limits, handedOver::add));
        });

        handedOver.get(0).run();

        assertThat(scores(answers.get(0))).containsExactly(0.1f, 0.2f);
        assertThat(answers.get(1)).isCompletedExceptionally();
    }

    @Test
    void more_than_may_wait_are_turned_away() {
        RunQueue.Limits limits = limits(256, 1, 1);
        occupied(limits, () -> {
            model.queue().submit(call(1), limits, handedOver::add);
            assertThatThrownBy(() -> model.queue().submit(call(2), limits, handedOver::add))
                    .isInstanceOf(BusyException.class)
                    .hasMessageContaining("millrace.batching.queue");
        });
    }

    @Test
    void whose_deadline_passed_while_it_waited_is_not_run() {
        RunQueue.Limits limits = limits(256, 8, 1);
        List<CompletableFuture<List<Tensor>>> answers = new ArrayList<>();
        occupied(
                limits,
                () -> answers.add(model.queue()
                        .submit(
                                new RunQueue.Call(
                                        call(1).given(), List.of("score"), new Deadline(System.nanoTime() - 1)),
                                limits,
                                handedOver::add)));

        assertThat(handedOver).isEmpty();
        assertThat(answers.get(0)).isCompletedExceptionally();
    }

    @Test
    void a_deadline_that_has_passed_is_said() {
        Batching batching = new Batching(limits(256, 8, 1), Runnable::run);

        assertThatThrownBy(
                        () -> batching.until(Deadline.in(Duration.ZERO)).run(model, call(1).given(), List.of("score")))
                .isInstanceOf(LateException.class);
    }

    @Test
    void each_of_many_threads_gets_its_own_rows() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            Batching batching = new Batching(limits(16, 1_000, 1), threads);
            ExecutorService callers = Executors.newFixedThreadPool(8);
            List<Future<Void>> done = new ArrayList<>();
            for (int caller = 0; caller < 8; caller++) {
                Random random = new Random(caller);
                done.add(callers.submit(() -> {
                    for (int i = 0; i < 500; i++) {
                        int[] rows = random.ints(1 + random.nextInt(5), 0, 10).toArray();
                        float[] scores = scores(batching.until(Deadline.in(Duration.ofSeconds(30)))
                                .run(model, call(rows).given(), List.of("score")));
                        for (int row = 0; row < rows.length; row++) {
                            assertThat(scores[row]).isEqualTo(rows[row] / 10f);
                        }
                    }
                    return null;
                }));
            }
            for (Future<Void> each : done) {
                each.get();
            }
            callers.shutdown();
        } finally {
            threads.shutdown();
        }
    }

    /** While the model is run for somebody, who is done afterwards: what runs it asks for the inputs. */
    private void occupied(RunQueue.Limits limits, Runnable meanwhile) {
        Map<String, Tensor> inputs = new HashMap<>(call(0).given()) {
            @Override
            public Set<Map.Entry<String, Tensor>> entrySet() {
                meanwhile.run();
                return super.entrySet();
            }
        };
        RunQueue.Call slow = new RunQueue.Call(inputs, List.of("score"), Deadline.in(Duration.ofDays(1)));
        assertThat(model.queue().submit(slow, limits, handedOver::add)).isCompleted();
    }

    private static RunQueue.Limits limits(int maxRows, int waiting, int parallel) {
        return new RunQueue.Limits(maxRows, waiting, parallel);
    }

    private static RunQueue.Call call(int... indexes) {
        ByteBuffer data = Tensor.Fixed.room(DataType.FP32, indexes.length);
        for (int index : indexes) {
            data.putFloat(index);
        }
        return new RunQueue.Call(
                Map.of("features", new Tensor.Fixed(DataType.FP32, new long[] {indexes.length, 1}, data.flip())),
                List.of("score"),
                Deadline.in(Duration.ofDays(1)));
    }

    private static float[] scores(CompletableFuture<List<Tensor>> answer) {
        return scores(answer.join());
    }

    private static float[] scores(List<Tensor> answer) {
        Tensor.Fixed scores = (Tensor.Fixed) answer.get(0);
        float[] floats = new float[scores.elements()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) scores.number(i);
        }
        return floats;
    }
}
