package dev.millrace.model.registry;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** The trainings that replicas started by themselves, in the registry's history. Thread-safe. */
@ApplicationScoped
public class TrainingLog {
    private final ModelBook book;

    TrainingLog(ModelBook book) {
        this.book = book;
    }

    /** Whether there is a history; without a database there is none. */
    public boolean isKept() {
        return book.isKept();
    }

    /**
     * Writes down that a training of the model starts now, if none was started within the cool-down; of one that failed,
     * within the shorter time. Of several replicas that ask at once, one is told yes.
     *
     * @return whether the caller is to start it
     * @throws RuntimeException if the database can not be reached
     */
    public boolean claim(String model, Duration cooldown, Duration retryAfter, String by, String why) {
        return book.claimTraining(model, cooldown, retryAfter, new Author(by, Optional.of(why)));
    }

    /**
     * Writes down that the training that was started last failed.
     *
     * @throws RuntimeException if the database can not be reached
     */
    public void failed(String model, String by, String why) {
        book.trainingFailed(model, new Author(by, Optional.of(why)));
    }
}
