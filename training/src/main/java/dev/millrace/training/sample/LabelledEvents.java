package dev.millrace.training.sample;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.service.file.UnreadableFileException;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Events in the order of time, which carry their labels. Immutable; what they are read from may be read again. */
public interface LabelledEvents {
    /** What they are, for people. */
    String name();

    /** Where they come from, so that somebody else can have the same. */
    String origin();

    /**
     * Hands out each of them.
     *
     * @param pipeline whose events they are
     * @throws UnreadableFileException if they can not be read to their end
     */
    void forEach(Pipeline pipeline, Consumer<LabelledEvent> taker) throws IOException, UnreadableFileException;

    /**
     * Their samples, each with the features that the pipeline's own transform gives it.
     *
     * @param progress told of each event how many there were
     */
    default Samples samples(Learnable learnable, LongConsumer progress) throws IOException, UnreadableFileException {
        Pipeline pipeline = learnable.pipeline();
        Samples samples = new Samples(learnable.features());
        Replay replay = learnable.replay();
        SampleReader reader = learnable.reader();
        long[] count = {0};
        forEach(pipeline, event -> {
            replay.send(event.json(), event.positive())
                    .ifPresent(row -> reader.read(row, pipeline.id(row).orElse(""), event.positive(), samples));
            progress.accept(++count[0]);
        });
        return samples;
    }
}
