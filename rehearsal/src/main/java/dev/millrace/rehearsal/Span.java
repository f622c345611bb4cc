package dev.millrace.rehearsal;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.service.file.UnreadableFileException;
import dev.millrace.training.sample.LabelledEvents;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * What there is to rehearse with.
 *
 * @param events how many events
 * @param positives how many of them have a positive label
 * @param first the day of the earliest, in UTC
 * @param last the day of the latest
 */
record Span(long events, long positives, LocalDate first, LocalDate last) {
    /**
     * Reads all of them once.
     *
     * @throws RehearsalException if the pipeline can read none of them
     */
    static Span of(LabelledEvents events, Pipeline pipeline) throws IOException, UnreadableFileException {
        Counting counting = new Counting();
        events.forEach(pipeline, event -> {
            counting.events++;
            counting.positives += event.positive() ? 1 : 0;
            if (pipeline.eventReader().read(event.json()) instanceof Reading.Read read) {
                counting.at(LocalDate.ofInstant(pipeline.time(read.row()), ZoneOffset.UTC));
            }
        });
        if (counting.first == null) {
            throw new RehearsalException(
                    events.name() + " has no event that pipeline " + pipeline.name() + " can read");
        }
        return new Span(counting.events, counting.positives, counting.first, counting.last);
    }

    private static final class Counting {
        private long events;
        private long positives;
        private LocalDate first;
        private LocalDate last;

        private void at(LocalDate day) {
            first = first == null || day.isBefore(first) ? day : first;
            last = last == null || day.isAfter(last) ? day : last;
        }
    }
}
