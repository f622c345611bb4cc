package dev.millrace.rehearsal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.local.feed.HttpFeed;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.training.sample.LabelledEvent;
import dev.millrace.training.sample.Learnable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Sends events to ingest as they once came, and each positive label when it became known: after what had happened before,
 * and before what happened later. Of an event only the declared fields are sent, so that no label is among them. One
 * thread.
 */
final class LabelledFeed implements AutoCloseable {
    /** A second one would send what is later first, and windows would call the rest late. */
    private static final int CONNECTIONS = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Pipeline pipeline;
    private final String idField;
    private final Duration labelDelay;
    private final HttpFeed events;
    private final HttpFeed labels;
    private final Deque<Due> due = new ArrayDeque<>();
    private long sent;
    private long labelled;

    /** A feed of that pipeline's events, which have an id. */
    LabelledFeed(URI ingest, Learnable learnable) {
        this.pipeline = learnable.pipeline();
        this.idField = pipeline.declaration().spec().event().id().orElseThrow();
        this.labelDelay = learnable.training().labelDelay();
        this.events = new HttpFeed(ingest, pipeline.name(), CONNECTIONS);
        this.labels = HttpFeed.ofLabels(ingest, pipeline.name(), learnable.labels());
    }

    private record Due(Instant at, String id) {}

    void send(LabelledEvent event) {
        if (pipeline.eventReader().read(event.json()) instanceof Reading.Read read) {
            Row row = read.row();
            Instant time = pipeline.time(row);
            labelUntil(time);
            if (event.positive()) {
                pipeline.id(row).ifPresent(id -> due.add(new Due(time.plus(labelDelay), id)));
            }
        }
        events.line(declared(event.json()));
        sent++;
    }

    /** Sends the labels that are known by then; what was sent before them is accepted before them. */
    void labelUntil(Instant now) {
        if (due.isEmpty() || due.peek().at().isAfter(now)) {
            return;
        }
        events.finish();
        while (!due.isEmpty() && !due.peek().at().isAfter(now)) {
            labels.line(JSON.createObjectNode()
                    .put(idField, due.poll().id())
                    .put("label", true)
                    .toString());
            labelled++;
        }
        labels.finish();
    }

    /** Waits until all that was sent is accepted. */
    void finish() {
        events.finish();
    }

    long sent() {
        return sent;
    }

    long labelled() {
        return labelled;
    }

    private String declared(byte[] json) {
        Schema schema = pipeline.eventReader().schema();
        try {
            if (JSON.readTree(json) instanceof ObjectNode event) {
                List<String> others = event.properties().stream()
                        .map(member -> member.getKey())
                        .filter(name -> schema.findMember(name) < 0)
                        .toList();
                return event.without(others).toString();
            }
        } catch (IOException noJson) {
            // Ingest is to say so.
        }
        return new String(json, StandardCharsets.UTF_8);
    }

    /** An event as applications would ask for its score. */
    JsonNode asked(LabelledEvent event) throws IOException {
        return JSON.readTree(declared(event.json()));
    }

    @Override
    public void close() {
        events.close();
        labels.close();
    }
}
