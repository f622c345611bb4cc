package dev.millrace.model.registry;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** The trainings that replicas started by themselves, in the registry's history. Thread-safe. */
@ApplicationScoped
public class TrainingLog {
    private final RegistryDatabase database;

    TrainingLog(RegistryDatabase database) {
        this.database = database;
    }

    /** Whether there is a history; without a database there is none. */
    public boolean isKept() {
        return database.isThere();
    }

    /**
     * Writes down that a training of the model starts now, if none was started within the cool-down; of one that failed,
     * within the shorter time. Of several replicas that ask at once, one is told yes.
     *
     * @return whether the caller is to start it
     * @throws RuntimeException if the database can not be reached
     */
    public boolean claim(String model, Duration cooldown, Duration retryAfter, String by, String why) {
        return database.oneAfterTheOther(() -> {
            boolean waits = ChangeEntry.latestTraining(model)
                    .filter(last -> {
                        Duration wait = last.kind == Change.Kind.TRAIN ? cooldown : retryAfter;
                        return last.changedAt.plus(wait).isAfter(ChangeEntry.now());
                    })
                    .isPresent();
            if (!waits) {
                write(model, Change.Kind.TRAIN, by, why);
            }
            return !waits;
        });
    }

    /**
     * Writes down that the training that was started last failed.
     *
     * @throws RuntimeException if the database can not be reached
     */
    public void failed(String model, String by, String why) {
        database.oneAfterTheOther(() -> {
            write(model, Change.Kind.TRAIN_FAILED, by, why);
            return null;
        });
    }

    private static void write(String model, Change.Kind kind, String by, String why) {
        ChangeEntry.write(model, kind, null, null, null, new Author(by, Optional.of(why)));
    }
}
