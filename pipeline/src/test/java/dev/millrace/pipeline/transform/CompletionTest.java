package dev.millrace.pipeline.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.window.KeyState;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CompletionTest {
    private static final List<String> FEATURES =
            List.of("n_1h", "n_1d", "mean_1h", "mean_1d", "share", "shop_max", "known");
    private static final String STEPS = """
            - derive: { night: at.getHours() < 6 }
            - tokenize: { fields: [shop], secret: tokens }
            - window: { by: customer, over: [1h, 1d], compute: { n: "count() where !night", mean: "mean(amount)" }, allowed_lateness: 2h }
            - derive: { share: amount / mean_1d }
            - rename: { amount: spent }
            - window: { by: shop, over: [3h], compute: { shop_max: "max(spent)", known: "sum(1) where share != null" } }
            - filter: spent > 20.0
            """;

    /** The chunks of each step's keys, as a store has them. */
    private final Map<String, TreeMap<Long, byte[]>> chunks = new HashMap<>();

    @Test
    void tells_of_each_event_what_the_stream_then_gives_it() throws Exception {
        Pipeline pipeline = pipeline();
        Transform transform = pipeline.transform().with(name -> "tokens of sixteen bytes".getBytes(UTF_8));
        Completion completion = transform.completing(FEATURES, List.of());
        Random random = new Random(11);
        long now = Instant.parse("2026-03-01T00:00:00Z").toEpochMilli();
        int left = 0;
        int late = 0;
        for (int i = 0; i < 5_000; i++) {
            now += random.nextInt(60_000);
            long at = now - (random.nextInt(20) == 0 ? random.nextInt(10 * 3600_000) : 0);
            Row event = event(pipeline, Instant.ofEpochMilli(at), random);

            Map<String, TreeMap<Long, byte[]>> before = copy();
            Row told = completion.complete(event, Optional.of(pipeline.time(event)), Map.of(), this::state);
            assertThat(chunks.toString()).isEqualTo(before.toString());

            Outcome outcome = through(pipeline, transform, event);
            if (outcome instanceof Outcome.Clean clean) {
                assertThat(told).isEqualTo(clean.row());
                late += told.get(Transform.QUALITY_FLAGS) == null ? 0 : 1;
            } else {
                left++;
            }
        }
        assertThat(left).isBetween(100, 4_000);
        assertThat(late).isBetween(20, 1_000);
    }

    @Test
    void what_whoever_asks_knows_already_holds_and_goes_into_what_is_derived_of_it() throws Exception {
        Pipeline pipeline = pipeline();
        Row event = event(pipeline, Instant.parse("2026-03-01T12:00:00Z"), new Random(1));
        Completion completion = pipeline.transform().completing(List.of("mean_1d", "share"), List.of("mean_1d"));

        Row told = completion.complete(event, Optional.empty(), Map.of("mean_1d", 4.0), null);

        assertThat(completion.windows()).isEmpty();
        assertThat(completion.secrets()).isEmpty();
        assertThat(completion.eventFields()).containsExactly("amount");
        assertThat(told.get("mean_1d")).isEqualTo(4.0);
        assertThat(told.get("share")).isEqualTo((Double) event.get("amount") / 4.0);
    }

    @Test
    void of_a_key_alone_it_tells_what_windows_hold_with_nothing_added() throws Exception {
        Pipeline pipeline = pipeline();
        Transform transform = pipeline.transform().with(name -> "tokens of sixteen bytes".getBytes(UTF_8));
        Instant noon = Instant.parse("2026-03-01T12:00:00Z");
        Row event = event(pipeline, noon, new Random(1));
        Object[] values = new Object[event.schema().size()];
        values[event.schema().ordinal("customer")] = event.get("customer");
        Row key = new Row(event.schema(), values);
        Completion completion = transform.completing(List.of("n_1h"), List.of()).ofKeys();

        assertThat(completion
                        .complete(key, Optional.of(noon), Map.of(), this::state)
                        .get("n_1h"))
                .isEqualTo(0L);
        through(pipeline, transform, event);
        assertThat(completion
                        .complete(key, Optional.of(noon), Map.of(), this::state)
                        .get("n_1h"))
                .isEqualTo(1L);
        assertThat(completion
                        .complete(key, Optional.of(noon.plusSeconds(7200)), Map.of(), this::state)
                        .get("n_1h"))
                .as("two hours later")
                .isEqualTo(0L);
    }

    @Test
    void asks_for_what_the_features_come_from() throws Exception {
        Transform transform = pipeline().transform();

        Completion all = transform.completing(List.of("known"), List.of());

        assertThat(all.windows()).extracting(WindowStep::name).containsExactly("window-customer", "window-shop");
        assertThat(all.eventFields()).containsExactlyInAnyOrder("shop", "amount", "customer");
        assertThat(all.secrets()).containsExactly("tokens");
        assertThat(transform.completing(List.of("n_1h"), List.of()).eventFields())
                .containsExactlyInAnyOrder("customer", "at");
    }

    private Map<String, TreeMap<Long, byte[]>> copy() {
        Map<String, TreeMap<Long, byte[]>> copy = new HashMap<>();
        chunks.forEach((key, stored) -> copy.put(key, new TreeMap<>(stored)));
        return copy;
    }

    private KeyState state(WindowStep step, String key) {
        KeyState state = new KeyState(step.plan());
        chunks.getOrDefault(step.name() + "/" + key, new TreeMap<>()).values().forEach(state::load);
        return state;
    }

    private Outcome through(Pipeline pipeline, Transform transform, Row event) throws Exception {
        Outcome outcome = transform.enter(event, CheckListener.NONE);
        while (outcome instanceof Outcome.At at) {
            WindowStep step = (WindowStep) transform.keyedStep(at.step());
            String key = step.key(at.row());
            var windowed = step.plan().add(at.row(), pipeline.time(at.row()), state(step, key));
            if (!windowed.late()) {
                TreeMap<Long, byte[]> stored =
                        chunks.computeIfAbsent(step.name() + "/" + key, absent -> new TreeMap<>());
                stored.put(windowed.changed(), windowed.bytes());
                for (long expired : windowed.expired()) {
                    stored.remove(expired);
                }
            }
            Supplier<Row> next = () -> windowed.late() ? step.late(at.row()) : step.with(at.row(), windowed.features());
            outcome = transform.proceed(next.get(), at.step() + 1);
        }
        return outcome;
    }

    private static Row event(Pipeline pipeline, Instant at, Random random) {
        String json = "{\"id\":\"x\",\"at\":\"" + at + "\",\"customer\":\"c" + random.nextInt(40) + "\",\"shop\":\"s"
                + random.nextInt(15) + "\",\"amount\":" + random.nextInt(10_000) / 100.0 + "}";
        return ((Reading.Read) pipeline.eventReader().read(json.getBytes(UTF_8))).row();
    }

    private static Pipeline pipeline() throws Exception {
        String yaml = """
                apiVersion: millrace.dev/v1alpha1
                kind: Pipeline
                metadata: { name: orders }
                spec:
                  event: { id: id, key: customer, time: at, fields: { id: { type: string, required: true }, at: { type: timestamp, required: true }, customer: { type: string, required: true }, shop: { type: string, required: true }, amount: { type: double } } }
                  sinks: [{ postgres: { fact: { table: fact_order } } }]
                  transform:
                """;
        return Pipeline.of(DeclarationReader.read("orders.yaml", yaml + STEPS.indent(4)));
    }
}
