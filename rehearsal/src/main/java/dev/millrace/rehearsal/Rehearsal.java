package dev.millrace.rehearsal;

import dev.millrace.local.feed.Rejects;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.status.Arrivals;
import dev.millrace.local.terminal.ProgressBar;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.service.file.UnreadableFileException;
import dev.millrace.training.sample.LabelledEvent;
import dev.millrace.training.sample.LabelledEvents;
import dev.millrace.training.sample.Learnable;
import dev.millrace.training.sample.WarehouseFacts;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sends events through a stack in the order of time. Before each test week it waits until all before it is in the
 * warehouse, has a model trained from there and put to use; so the stream scores the week as it would have on the day. Used
 * once, by one thread.
 */
final class Rehearsal {
    private static final String SCHEMA = "public";

    private final Stack stack;
    private final Learnable learnable;
    private final LabelledEvents events;
    private final Span span;
    private final TrainingRun training;
    private final PrintStream out;
    private final boolean terminal;
    private final WarehouseFacts facts;
    private final Arrivals arrivals;
    private final Map<LocalDate, Trained> trained = new LinkedHashMap<>();
    private final Deque<LocalDate> ahead;
    private final LocalDate end;
    private ProgressBar bar;
    private Duration trainings = Duration.ZERO;

    Rehearsal(
            Stack stack,
            Learnable learnable,
            LabelledEvents events,
            Span span,
            List<LocalDate> weeks,
            TrainingRun training,
            PrintStream out,
            boolean terminal) {
        this.stack = stack;
        this.learnable = learnable;
        this.events = events;
        this.span = span;
        this.training = training;
        this.out = out;
        this.terminal = terminal;
        this.facts = new WarehouseFacts(
                stack.postgres().jdbcUrl(),
                stack.postgres().user(),
                stack.postgres().password(),
                SCHEMA);
        this.arrivals = new Arrivals(stack, learnable.pipeline().name());
        this.ahead = new ArrayDeque<>(weeks);
        this.end = ahead.getLast().plusDays(learnable.training().testDays());
    }

    Rehearsed run() throws IOException, UnreadableFileException {
        Instant begin = Instant.now();
        Pipeline pipeline = learnable.pipeline();
        try (LabelledFeed feed = new LabelledFeed(stack.address(Service.INGEST), learnable)) {
            bar = bar("fed");
            events.forEach(pipeline, event -> take(event, feed));
            bar.end(feed.sent());
            // Labels of the last days come after the last event.
            feed.finish();
            feed.labelUntil(Instant.MAX);
            awaitAll(feed);
            Duration took = Duration.between(begin, Instant.now());
            List<Week> weeks = new ArrayList<>();
            trained.forEach((from, version) -> weeks.add(Week.of(from, version, learnable, facts)));
            return new Rehearsed(
                    span,
                    feed.sent(),
                    feed.labelled(),
                    facts.count(learnable),
                    rejected(),
                    took.minus(trainings),
                    took,
                    weeks);
        }
    }

    private void take(LabelledEvent event, LabelledFeed feed) {
        if (learnable.pipeline().eventReader().read(event.json()) instanceof Reading.Read read) {
            LocalDate day = LocalDate.ofInstant(learnable.pipeline().time(read.row()), ZoneOffset.UTC);
            if (!day.isBefore(end)) {
                return;
            }
            while (!ahead.isEmpty() && !day.isBefore(ahead.peek())) {
                bar.end(feed.sent());
                prepare(ahead.poll(), event, feed);
                bar = bar("fed");
            }
        }
        feed.send(event);
        bar.at(feed.sent());
    }

    private void prepare(LocalDate week, LabelledEvent next, LabelledFeed feed) {
        feed.finish();
        feed.labelUntil(week.atStartOfDay(ZoneOffset.UTC).toInstant());
        awaitAll(feed);
        Instant begin = Instant.now();
        out.println("  training before " + week);
        try {
            Trained version = training.trained(week, feed.asked(next));
            trained.put(week, version);
            out.println("  version " + version.version() + " scores from " + week + " on");
        } catch (IOException e) {
            throw new RehearsalException("the event that " + week + " begins with is no JSON", e);
        }
        trainings = trainings.plus(Duration.between(begin, Instant.now()));
    }

    /** Until what was sent is in the warehouse, or rejected. */
    private void awaitAll(LabelledFeed feed) {
        ProgressBar arriving = new ProgressBar(out, terminal, "arrived", feed.sent());
        arriving.end(Arrivals.await(feed.sent(), arrivals::arrived, arriving::at));
        if (feed.labelled() > 0) {
            Arrivals.await(feed.labelled(), () -> facts.labels(learnable), count -> {});
        }
    }

    private long rejected() {
        try (Rejects rejects =
                new Rejects(stack.bootstrapServers(), learnable.pipeline().name())) {
            return rejects.read().size();
        }
    }

    private ProgressBar bar(String what) {
        return new ProgressBar(out, terminal, what, span.events());
    }
}
