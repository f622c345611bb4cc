package dev.millrace.transform.command;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ModelReference;
import dev.millrace.pipeline.declaration.PipelineDeclaration.Spec;
import dev.millrace.pipeline.declaration.QualityRule;
import dev.millrace.pipeline.declaration.ReferenceDeclaration;
import dev.millrace.pipeline.declaration.SinkDeclaration;
import dev.millrace.pipeline.declaration.StepDeclaration;
import dev.millrace.pipeline.declaration.StepDeclaration.NoRow;
import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.Schema;
import dev.millrace.pipeline.transform.DeduplicateStep;
import dev.millrace.pipeline.transform.KeyedStep;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.streams.TopologyDescription;

/** A pipeline's transform in words, in the order in which an event meets them. */
final class Explanation {
    private static final int WIDTH = 120;

    private final Declared declared;
    private final Pipeline pipeline;
    private final int partitions;
    private final Set<String> read = new TreeSet<>();
    private final Set<String> stores = new TreeSet<>();
    private final List<String> lines = new ArrayList<>();
    private int tasks;

    /**
     * An explanation.
     *
     * @param topology what Kafka Streams has made of it
     * @param partitions how many partitions each topic has
     */
    Explanation(Declared declared, TopologyDescription topology, int partitions) {
        this.declared = declared;
        this.pipeline = declared.pipeline();
        this.partitions = partitions;
        for (TopologyDescription.Subtopology part : topology.subtopologies()) {
            tasks++;
            for (TopologyDescription.Node node : part.nodes()) {
                if (node instanceof TopologyDescription.Source source) {
                    read.addAll(source.topicSet());
                } else if (node instanceof TopologyDescription.Processor processor) {
                    stores.addAll(processor.stores());
                }
            }
        }
    }

    /** Its lines. */
    List<String> lines() {
        lines.clear();
        Spec spec = pipeline.declaration().spec();
        line("pipeline " + pipeline.name() + ", " + partitions + " partitions a topic, " + tasks
                + (tasks == 1 ? " part" : " parts") + " of Kafka Streams, " + tasks * partitions + " tasks");
        line("");
        line(pipeline.topics().raw());
        line("│  key       " + key(spec));
        Schema events = pipeline.eventReader().schema();
        wrapped("│  fields    ", "│            ", text(events, events.names()));
        for (QualityRule rule : spec.quality()) {
            line("├─ check " + rule.name());
            line("│     " + rule.check() + ", otherwise "
                    + (rule.otherwise() == QualityRule.Otherwise.REJECT ? "rejected" : "flagged in quality_flags"));
        }
        for (int place = 0; place < declared.steps().size(); place++) {
            step(place);
        }
        ends(spec);
        return lines;
    }

    private static String key(Spec spec) {
        return spec.event()
                .key()
                .map(name -> name + "; where it is missing, the event's id")
                .orElse("the event's id");
    }

    private Schema schema(int place) {
        return declared.schemaAt(place);
    }

    private void step(int place) {
        StepDeclaration step = declared.steps().get(place);
        line("├─ " + (place + 1) + " " + declared.name(place));
        if (declared.isKeyed(place)) {
            keyed(declared.keyed(place));
        } else if (step instanceof StepDeclaration.Filter filter) {
            detail("lets on", filter.condition());
        } else if (step instanceof StepDeclaration.Tokenize tokenize) {
            detail("tokens for", String.join(", ", tokenize.fields()) + " by the secret " + tokenize.secret());
        } else if (step instanceof StepDeclaration.Lookup lookup) {
            lookup(lookup);
        }
        List<String> changed = schema(place + 1).fields().stream()
                .filter(field -> schema(place).find(field.name()) >= 0
                        && schema(place)
                                        .field(schema(place).ordinal(field.name()))
                                        .type()
                                != field.type())
                .map(Field::name)
                .toList();
        detailedFields("adds", place, declared.added(place));
        detailedFields("retypes", place, changed);
        if (!declared.dropped(place).isEmpty()) {
            detail("drops", String.join(", ", declared.dropped(place)));
        }
    }

    private void lookup(StepDeclaration.Lookup lookup) {
        String where = lookup.from() instanceof ReferenceDeclaration.File file
                ? "the file " + file.path() + ", by its " + lookup.key().orElse(lookup.by())
                : "the topic " + lookup.from().declaredName() + ", by its records' keys";
        detail("finds", lookup.by() + " in " + where);
        detail(
                "if not",
                lookup.otherwise().orElse(NoRow.EMPTY) == NoRow.REJECT
                        ? "rejected as no_match"
                        : "goes on, with these fields empty");
    }

    private void keyed(KeyedStep step) {
        String by = step.by().isEmpty() ? "the event's id" : String.join(", ", step.by());
        detail("key", by);
        String repartition = step.name() + "-repartition";
        if (read.contains(repartition)) {
            detail("reads", topic(repartition) + ", which brings the events of a key together");
        } else {
            detail("reads", "the step before; the events of a key are together already");
        }
        if (step instanceof WindowStep window) {
            window.labels().ifPresent(labels -> labels(window, labels));
        }
        store(step.name());
        if (step instanceof WindowStep window && window.labels().isPresent()) {
            store(step.name() + "-uncounted");
        }
        if (step instanceof WindowStep window) {
            detail("keeps", Span.text(window.plan().retention()) + " behind a key's newest event");
            if (window.published()) {
                detail("writes", pipeline.topics().features() + ", key " + window.field() + "=…, compacted");
            }
        } else if (step instanceof DeduplicateStep deduplicate) {
            detail("keeps", Span.text(deduplicate.within()) + " behind the newest event");
        }
    }

    private void labels(WindowStep window, String labels) {
        detail("labels", pipeline.topics().labels(labels) + ", key the event's id");
        detail("", "meet their events from " + topic(window.name() + "-ids-repartition"));
        store(window.name() + "-labelled");
        detail("", "go on by " + topic(window.name() + "-by-key-repartition"));
    }

    private void store(String name) {
        if (!stores.contains(name)) {
            throw new IllegalStateException("no store " + name + " among " + stores);
        }
        detail("store", name + " (RocksDB), changelog " + topic(name + "-changelog"));
    }

    private String topic(String name) {
        return pipeline.topics().transform(pipeline.stateVersion()) + "-" + name;
    }

    private void ends(Spec spec) {
        line("├─▶ " + pipeline.topics().rejected());
        line("│     what can not be read, fails a check or a step");
        if (pipeline.transform().leavesOut()) {
            line("├─▶ " + pipeline.topics().leftOut());
            line("│     a note of each event that a step leaves out");
        }
        line("└─▶ " + pipeline.topics().clean());
        Schema clean = pipeline.transform().cleanSchema();
        wrapped("    fields    ", "              ", text(clean, clean.names()));
        spec.model()
                .filter(ModelReference::scores)
                .ifPresent(model ->
                        line("    then      " + pipeline.topics().scored() + ", by the model " + model.name()));
        line("    then      " + spec.sinks().stream().map(Explanation::sink).collect(Collectors.joining(", ")));
    }

    private static String sink(SinkDeclaration sink) {
        return sink instanceof SinkDeclaration.Postgres postgres
                ? "postgres, the table " + postgres.fact().table()
                : sink.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private void detailedFields(String word, int place, List<String> names) {
        if (!names.isEmpty()) {
            detail(word, text(schema(place + 1), names));
        }
    }

    private void detail(String word, String text) {
        wrapped("│     " + String.format("%-11s", word), "│     " + " ".repeat(11), text);
    }

    /** A list, broken between its items. */
    private void wrapped(String head, String indent, String list) {
        StringBuilder line = new StringBuilder(head);
        for (String item : list.split("(?<=, )")) {
            if (line.length() + item.strip().length() > WIDTH && line.length() > head.length()) {
                line(line.toString().stripTrailing());
                line.setLength(0);
                line.append(indent);
            }
            line.append(item);
        }
        line(line.toString());
    }

    private static String text(Schema schema, List<String> names) {
        return names.stream()
                .map(name ->
                        name + " " + schema.field(schema.ordinal(name)).type().declaredName())
                .collect(Collectors.joining(", "));
    }

    private void line(String text) {
        lines.add(text);
    }
}
