package dev.millrace.model.inference;

import ai.onnxruntime.OrtException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.context.ManagedExecutor;

/**
 * Runs what several requests ask of a model at once together. A request that finds the model idle is run at once, on its own
 * thread; nobody waits for others to come. Thread-safe.
 */
@ApplicationScoped
public class Batching {
    private final RunQueue.Limits limits;
    private final Executor executor;

    @Inject
    Batching(BatchingSettings settings, ManagedExecutor executor) {
        this(
                new RunQueue.Limits(
                        settings.maxRows(),
                        settings.queue(),
                        settings.parallel() > 0
                                ? settings.parallel()
                                : Runtime.getRuntime().availableProcessors()),
                executor);
    }

    Batching(RunQueue.Limits limits, Executor executor) {
        this.limits = limits;
        this.executor = executor;
    }

    /** A runner for one request. */
    public Runner until(Deadline deadline) {
        return new Runner() {
            @Override
            public List<Tensor> run(OnnxModel model, Map<String, Tensor> given, List<String> wanted)
                    throws OrtException {
                return Batching.this.run(model, given, wanted, deadline);
            }

            @Override
            public void beside() {
                requireTime(deadline);
            }
        };
    }

    /** A runner for one request that can not wait: at once, on the caller's thread, whatever else is under way. */
    public Runner atOnce(Deadline deadline) {
        return (model, given, wanted) -> {
            requireTime(deadline);
            List<Tensor> tensors = model.run(given, wanted);
            requireTime(deadline);
            return tensors;
        };
    }

    private static void requireTime(Deadline deadline) {
        if (deadline.passed()) {
            throw new LateException();
        }
    }

    private List<Tensor> run(OnnxModel model, Map<String, Tensor> given, List<String> wanted, Deadline deadline)
            throws OrtException {
        requireTime(deadline);
        CompletableFuture<List<Tensor>> answer =
                model.queue().submit(new RunQueue.Call(given, wanted, deadline), limits, executor);
        try {
            List<Tensor> tensors = answer.isDone()
                    ? answer.get()
                    : answer.get(Math.max(1, deadline.nanosLeft()), TimeUnit.NANOSECONDS);
            requireTime(deadline);
            return tensors;
        } catch (TimeoutException e) {
            answer.cancel(false);
            throw new LateException();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LateException();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OrtException failed) {
                throw failed;
            }
            throw e.getCause() instanceof RuntimeException failed ? failed : new IllegalStateException(e.getCause());
        }
    }
}
