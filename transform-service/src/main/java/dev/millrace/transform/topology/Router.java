package dev.millrace.transform.topology;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.event.EventId;
import dev.millrace.pipeline.event.Text;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.rejection.RejectedRecord;
import dev.millrace.transform.PipelineMeters;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Sends an event on to where its verdict says: to a sink or to a next step. Confined to its stream thread. */
final class Router {
    private final Pipeline pipeline;
    private final Wiring wiring;
    private final PipelineMeters meters;
    private final SizeLimits limits;
    private final Voice voice;
    private final String node;
    private final ProcessorContext<byte[], Flow> context;

    /** A router for the node of that name. */
    Router(
            Pipeline pipeline,
            Wiring wiring,
            PipelineMeters meters,
            SizeLimits limits,
            Voice voice,
            String node,
            ProcessorContext<byte[], Flow> context) {
        this.pipeline = pipeline;
        this.wiring = wiring;
        this.meters = meters;
        this.limits = limits;
        this.voice = voice;
        this.node = node;
        this.context = context;
    }

    /** Sends on the event of that record, which came from that raw one and has that {@link Order#mark}. */
    void route(Record<byte[], ?> record, Origin origin, long mark, Verdict verdict) {
        Optional<String> id = id(record);
        if (verdict instanceof Verdict.Waiting waiting) {
            sendToStep(record, origin, mark, id, waiting);
        } else if (!speaksOf(origin)) {
            return;
        } else if (verdict instanceof Verdict.Clean clean) {
            pass(record, origin, id, clean);
        } else if (verdict instanceof Verdict.LeftOut leftOut) {
            leaveOut(record, leftOut);
        } else {
            reject(record, origin, id, (Verdict.Refused) verdict);
        }
    }

    /** Whether anything is said of what comes of that raw record. */
    boolean speaksOf(Origin origin) {
        return voice == Voice.FULL || origin.isSpokenOfBy(voice);
    }

    private void pass(Record<byte[], ?> record, Origin origin, Optional<String> id, Verdict.Clean verdict) {
        byte[] key = wiring.rekeys() ? Texts.bytes(pipeline.key(verdict.row(), id.orElse(""))) : record.key();
        byte[] value = pipeline.cleanWriter().write(verdict.row());
        Headers headers = record.headers();
        int size = SizeLimits.sizeOf(key, value, headers);
        if (size > limits.clean()) {
            String message = "the clean record would have " + size + " bytes; its topic takes " + limits.clean();
            reject(record, origin, id, Verdict.Refused.of(RejectionReason.TOO_LARGE, message));
            return;
        }
        context.forward(new Record<>(key, new Flow.Leaving(value), record.timestamp(), headers), Wiring.CLEAN + node);
        meters.ok(record.timestamp());
    }

    private void sendToStep(
            Record<byte[], ?> record, Origin origin, long mark, Optional<String> id, Verdict.Waiting verdict) {
        Flow flow = new Flow.Waiting(verdict.step(), verdict.row(), origin, mark);
        Wiring.Arrival arrival = wiring.arrivalAt(verdict.step());
        if (!arrival.repartitioned()) {
            context.forward(record.withValue(flow), arrival.node());
            return;
        }
        String own = pipeline.transform().keyedStep(verdict.step()).key(verdict.row());
        byte[] key = Texts.bytes(own == null ? id.orElse("") : own);
        int source = context.taskId().partition();
        Instant at = pipeline.time(verdict.row());
        Flow sent = new Flow.Sent(Order.of(Order.Kind.EVENT, source, mark, at), flow);
        context.forward(new Record<>(key, sent, record.timestamp(), record.headers()), arrival.node());
        if (arrival.labelled() && own != null) {
            Flow named = new Flow.Sent(Order.of(Order.Kind.NAMED, source, mark, at), new Flow.Named(own, at, mark));
            context.forward(new Record<>(Texts.bytes(id.orElse("")), named, record.timestamp()), arrival.namedNode());
        }
    }

    private void leaveOut(Record<byte[], ?> record, Verdict.LeftOut verdict) {
        String why = verdict.why().name().toLowerCase(Locale.ROOT);
        Flow note = new Flow.Leaving(Texts.bytes("{\"why\":\"" + why + "\"}"));
        context.forward(new Record<>(record.key(), note, record.timestamp(), record.headers()), Wiring.LEFT_OUT + node);
        meters.leftOut(verdict.why(), record.timestamp());
    }

    private void reject(Record<byte[], ?> record, Origin origin, Optional<String> id, Verdict.Refused verdict) {
        Rejection rejection = new Rejection(
                pipeline.name(),
                Stage.TRANSFORM,
                verdict.reason(),
                verdict.message(),
                verdict.violations(),
                id.filter(own -> !own.isEmpty()).map(Text::storable).orElseGet(this::idOfPlace),
                origin.place(),
                Instant.now(),
                origin.value(),
                RejectedRecord.headers(record.headers()));
        Record<byte[], byte[]> rejected =
                new FittingRejection(limits.rejected()).of(rejection, record.timestamp(), this::idOfPlace);
        context.forward(rejected.withValue(new Flow.Leaving(rejected.value())), Wiring.REJECTED + node);
        meters.rejected(verdict.reason(), record.timestamp());
    }

    /** The id of the event in that record, if it says one. */
    static Optional<String> id(Record<byte[], ?> record) {
        return EventHeaders.idOf(name -> {
            Header header = record.headers().lastHeader(name);
            return header == null ? null : header.value();
        });
    }

    /** A record that somebody else wrote into the topic may have no id; its place in the topic gives it one. */
    private String idOfPlace() {
        return context.recordMetadata()
                .map(at -> EventId.of(at.topic() + "-" + at.partition(), at.offset()))
                .orElseGet(() -> EventId.of(pipeline.topics().raw(), 0));
    }

    /** Where the record that is being worked on stands. */
    static String place(Optional<RecordMetadata> metadata, String otherwise) {
        return metadata.map(at -> at.topic() + "-" + at.partition() + "@" + at.offset())
                .orElse(otherwise);
    }
}
