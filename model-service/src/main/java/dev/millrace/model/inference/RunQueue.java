package dev.millrace.model.inference;

import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Who waits for one model. Calls are run on the thread that brings them while few enough are under way; the others wait, and
 * whoever is done hands them over to the executor, as many of a kind together as fit. Thread-safe; the lock is never held
 * while the model runs.
 */
final class RunQueue {
    /**
     * @param maxRows the most rows that calls are put together to
     * @param waiting the most calls that wait
     * @param parallel the most runs under way
     */
    record Limits(int maxRows, int waiting, int parallel) {}

    /** What is asked of the model, and the answer once it is there. */
    record Call(
            Map<String, Tensor> given, List<String> wanted, Deadline deadline, CompletableFuture<List<Tensor>> answer) {
        Call(Map<String, Tensor> given, List<String> wanted, Deadline deadline) {
            this(given, wanted, deadline, new CompletableFuture<>());
        }

        int rows() {
            return given.values().iterator().next().rows();
        }

        /** Whether the other's rows can be put below this one's. */
        private boolean fits(Call other) {
            return wanted.equals(other.wanted)
                    && given.keySet().equals(other.given.keySet())
                    && other.sameRows()
                    && given.entrySet().stream()
                            .allMatch(entry -> sameWidth(
                                    entry.getValue().shape(),
                                    other.given.get(entry.getKey()).shape()));
        }

        /** A call whose inputs differ in their rows is the model's to refuse. */
        private boolean sameRows() {
            int rows = rows();
            return given.values().stream().allMatch(tensor -> tensor.rows() == rows);
        }

        private static boolean sameWidth(long[] one, long[] other) {
            return one.length > 0
                    && one.length == other.length
                    && Arrays.equals(one, 1, one.length, other, 1, other.length);
        }
    }

    private final OnnxModel model;
    private final ArrayDeque<Call> waiting = new ArrayDeque<>();
    private int running;

    RunQueue(OnnxModel model) {
        this.model = model;
    }

    /**
     * Runs the call now, if few enough are under way, or has it run as soon as that is so.
     *
     * @throws BusyException if too many wait
     */
    CompletableFuture<List<Tensor>> submit(Call call, Limits limits, Executor executor) {
        synchronized (this) {
            if (running >= limits.parallel()) {
                if (waiting.size() >= limits.waiting()) {
                    throw new BusyException(waiting.size());
                }
                waiting.add(call);
                return call.answer();
            }
            running++;
        }
        try {
            runAlone(call);
        } finally {
            handOver(limits, executor);
        }
        return call.answer();
    }

    /** Gives the place of the run that has ended to those who wait. */
    private void handOver(Limits limits, Executor executor) {
        List<Call> next = next(limits);
        if (!next.isEmpty()) {
            try {
                executor.execute(() -> {
                    try {
                        runTogether(next);
                    } finally {
                        handOver(limits, executor);
                    }
                });
            } catch (RuntimeException refused) {
                next.forEach(call -> call.answer().completeExceptionally(refused));
                handOver(limits, executor);
            }
        }
    }

    /** The next calls to be run together; if there are none, the place is free. */
    private synchronized List<Call> next(Limits limits) {
        List<Call> next = new ArrayList<>();
        int rows = 0;
        for (Iterator<Call> calls = waiting.iterator(); calls.hasNext(); ) {
            Call call = calls.next();
            if (call.answer().isDone() || call.deadline().passed()) {
                calls.remove();
                call.answer().completeExceptionally(new LateException());
            } else if (next.isEmpty()
                    || model.takesRows()
                            && rows + call.rows() <= limits.maxRows()
                            && next.get(0).fits(call)) {
                calls.remove();
                next.add(call);
                rows += call.rows();
            }
            if (!next.isEmpty() && (rows >= limits.maxRows() || !model.takesRows())) {
                break;
            }
        }
        if (next.isEmpty()) {
            running--;
        }
        return next;
    }

    private void runAlone(Call call) {
        try {
            call.answer().complete(model.run(call.given(), call.wanted()));
        } catch (OrtException | RuntimeException | Error e) {
            call.answer().completeExceptionally(e);
        }
    }

    private void runTogether(List<Call> calls) {
        if (calls.size() == 1) {
            runAlone(calls.get(0));
            return;
        }
        try {
            List<Tensor> answers = model.run(joined(calls), calls.get(0).wanted());
            int rows = calls.stream().mapToInt(Call::rows).sum();
            if (answers.stream().allMatch(answer -> answer.shape().length > 0 && answer.rows() == rows)) {
                int first = 0;
                for (Call call : calls) {
                    call.answer().complete(part(answers, first, call.rows()));
                    first += call.rows();
                }
                return;
            }
        } catch (OrtException | RuntimeException onSomeCall) {
            // One call's rows are no fault of the others': each is run alone.
        }
        calls.forEach(this::runAlone);
    }

    private static Map<String, Tensor> joined(List<Call> calls) {
        Map<String, Tensor> joined = new LinkedHashMap<>();
        for (String name : calls.get(0).given().keySet()) {
            joined.put(
                    name,
                    join(calls.stream().map(call -> call.given().get(name)).toList()));
        }
        return joined;
    }

    private static Tensor join(List<Tensor> tensors) {
        Tensor first = tensors.get(0);
        long[] shape = first.shape().clone();
        shape[0] = tensors.stream().mapToLong(Tensor::rows).sum();
        if (first instanceof Tensor.Texts) {
            String[] texts = tensors.stream()
                    .flatMap(tensor -> Arrays.stream(((Tensor.Texts) tensor).values()))
                    .toArray(String[]::new);
            return new Tensor.Texts(shape, texts);
        }
        ByteBuffer data = Tensor.Fixed.room(first.type(), Tensor.count(shape));
        for (Tensor tensor : tensors) {
            data.put(((Tensor.Fixed) tensor).data().duplicate().rewind());
        }
        return new Tensor.Fixed(first.type(), shape, data.flip());
    }

    private static List<Tensor> part(List<Tensor> answers, int first, int rows) {
        return answers.stream().map(answer -> part(answer, first, rows)).toList();
    }

    private static Tensor part(Tensor answer, int first, int rows) {
        long[] shape = answer.shape().clone();
        int width = answer.elements() / answer.rows();
        shape[0] = rows;
        if (answer instanceof Tensor.Texts texts) {
            return new Tensor.Texts(shape, Arrays.copyOfRange(texts.values(), first * width, (first + rows) * width));
        }
        Tensor.Fixed fixed = (Tensor.Fixed) answer;
        int row = width * fixed.type().size();
        return new Tensor.Fixed(fixed.type(), shape, fixed.data().slice(first * row, rows * row));
    }
}
