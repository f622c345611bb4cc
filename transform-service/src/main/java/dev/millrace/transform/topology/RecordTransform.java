package dev.millrace.transform.topology;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Text;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.transform.CheckListener;
import dev.millrace.pipeline.transform.Transform;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Finds out what a raw record is. Whatever it holds, there is a verdict and no exception: an exception would be met
 * again after every restart and stop the pipeline. Thread-safe.
 */
final class RecordTransform {
    private static final Logger LOG = Logger.getLogger(RecordTransform.class);

    private final Pipeline pipeline;
    private final Transform transform;
    private final CheckListener checks;

    RecordTransform(Pipeline pipeline, Transform transform, CheckListener checks) {
        this.pipeline = pipeline;
        this.transform = transform;
        this.checks = checks;
    }

    /**
     * The verdict on a record.
     *
     * @param value the record's value; null if it has none
     * @param id the event's id from its header
     */
    Verdict judge(byte[] value, Optional<String> id) {
        try {
            return judgeWhatIsForeseen(value, id);
        } catch (RuntimeException | StackOverflowError e) {
            return unforeseen(e);
        }
    }

    private Verdict judgeWhatIsForeseen(byte[] value, Optional<String> id) {
        if (value == null) {
            return Verdict.Refused.of(List.of(Violation.malformed("a JSON object", "nothing")));
        }
        if (id.isEmpty() || id.get().isEmpty() || !Text.isStorable(id.get())) {
            return Verdict.Refused.of(
                    List.of(Violation.malformed("a header ce_id with the event's id", id.orElse("none"))));
        }
        Reading reading = pipeline.eventReader().read(value);
        if (reading instanceof Reading.Refused refused) {
            return Verdict.Refused.of(refused.violations());
        }
        Row event = pipeline.withId(((Reading.Read) reading).row(), id.get());
        return Verdict.of(transform.enter(event, checks));
    }

    /** The verdict on an event that the step before that place is done with. */
    Verdict proceed(Row row, int from) {
        try {
            return Verdict.of(transform.proceed(row, from));
        } catch (RuntimeException | StackOverflowError e) {
            return unforeseen(e);
        }
    }

    private Verdict unforeseen(Throwable e) {
        LOG.errorf(e, "pipeline %s: a record failed in an unforeseen way and is rejected", pipeline.name());
        return Verdict.Refused.of(RejectionReason.INTERNAL_ERROR, e.toString());
    }
}
