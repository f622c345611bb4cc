package dev.millrace.transform.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.transform.CheckListener;
import dev.millrace.pipeline.transform.Outcome;
import dev.millrace.pipeline.transform.WindowStep;
import dev.millrace.pipeline.window.KeyState;
import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.SimulatorSettings;
import dev.millrace.transform.TransformMetricsFixture;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The 15 features of the Fraud Detection Handbook (Le Borgne et al., 2022, chapter 3), declared and streamed through the
 * whole topology, against a plain computation over all transactions at once: amount, weekend, night, and for 1, 7 and 30
 * days the count and mean amount by customer, and the count and share of frauds by terminal that end 7 days before.
 */
class HandbookFeaturesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final int[] DAYS = {1, 7, 30};
    private static final long DAY = 86_400;
    private static final int DELAY = 7;

    private static final String YAML = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: handbook }
            spec:
              event:
                id: transaction_id
                key: customer_id
                time: tx_datetime
                fields:
                  transaction_id: { type: string, required: true }
                  tx_datetime:    { type: timestamp, required: true, formats: ["yyyy-MM-dd HH:mm:ss"] }
                  customer_id:    { type: string, required: true }
                  terminal_id:    { type: string, required: true }
                  tx_amount:      { type: double, required: true }
              labels: { frauds: {} }
              transform:
                - derive:
                    is_weekend: tx_datetime.getDayOfWeek() == 0 || tx_datetime.getDayOfWeek() == 6
                    is_night: tx_datetime.getHours() <= 6
                - window:
                    by: customer_id
                    over: [1d, 7d, 30d]
                    precision: 1s
                    compute: { customer_count: "count()", customer_mean: "mean(tx_amount)" }
                - window:
                    by: terminal_id
                    over: [1d, 7d, 30d]
                    delay: 7d
                    precision: 1s
                    labels: frauds
                    compute: { terminal_count: "count()", terminal_risk: "mean(label)" }
              sinks: [{ postgres: { fact: { table: fact_transaction } } }]
            """;

    private static final Pipeline PIPELINE = pipeline();
    private static final LocalDate BEGIN = LocalDate.of(2018, 5, 20);
    private static final LocalDate END = BEGIN.plusWeeks(1);

    @TempDir
    Path state;

    private static Pipeline pipeline() {
        try {
            return Pipeline.of(DeclarationReader.read("handbook.yaml", YAML));
        } catch (InvalidDeclarationException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Transaction(String id, long at, String customer, String terminal, double amount, boolean fraud) {}

    @Test
    void equals_a_plain_computation_on_generated_transactions() throws Exception {
        List<Transaction> transactions = new CardSimulator(
                        new SimulatorSettings(7, LocalDate.of(2018, 4, 1), 60, 12, 6))
                .stream()
                        .map(tx -> new Transaction(
                                Long.toString(tx.id()),
                                tx.at().toEpochSecond(ZoneOffset.UTC),
                                Integer.toString(tx.customerId()),
                                Integer.toString(tx.terminalId()),
                                tx.amount().doubleValue(),
                                tx.fraud()))
                        .toList();

        Properties properties = new Properties();
        properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        // As the service has it. Otherwise the driver would write all state to the disk for each event.
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        try (TopologyTestDriver driver = new TopologyTestDriver(
                TransformTopology.of(
                        PIPELINE,
                        PIPELINE.transform(),
                        TransformMetricsFixture.meters(PIPELINE),
                        new SizeLimits(100_000, 100_000),
                        1,
                        Optional.empty()),
                properties)) {
            assertThat(equalRows(new ThroughTopology(driver), transactions)).isGreaterThan(100);
        }
    }

    @Test
    @Tag("long")
    void equals_a_plain_computation_on_a_week_of_the_handbooks_own_transactions() throws Exception {
        Path file = Path.of(System.getProperty(
                "millrace.real.transactions", "../../shared/data/fraud/transactions-2018-04-01-to-2018-08-14.csv.gz"));
        assumeThat(file)
                .as("the Handbook's transactions, which are not in this repository")
                .exists();

        assertThat(equalRows(new ThroughSteps(), read(file, END))).isGreaterThan(60_000);
    }

    private static List<Transaction> read(Path file, LocalDate before) throws IOException {
        List<Transaction> transactions = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] cells = line.split(",");
                LocalDateTime at = LocalDateTime.parse(cells[1], TIME);
                if (!at.toLocalDate().isBefore(before)) {
                    break;
                }
                transactions.add(new Transaction(
                        cells[0],
                        at.toEpochSecond(ZoneOffset.UTC),
                        cells[2],
                        cells[3],
                        Double.parseDouble(cells[4]),
                        cells[7].equals("1")));
            }
        }
        return transactions;
    }

    /** Sends them all through and compares each row of the week; says how many there were. */
    private static int equalRows(Way way, List<Transaction> transactions) throws Exception {
        Batch batch = new Batch(transactions);
        long begin = BEGIN.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
        long end = END.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
        int compared = 0;
        for (int i = 0; i < transactions.size(); i++) {
            Transaction transaction = transactions.get(i);
            byte[] row = way.send(transaction);
            if (transaction.at() >= begin && transaction.at() < end) {
                assertEqual(transaction, JSON.readTree(row), batch.features(i));
                compared++;
            }
        }
        return compared;
    }

    /** How a transaction, and the label of a fraud right behind it, go through the steps. */
    private interface Way {
        /** The clean row. */
        byte[] send(Transaction transaction) throws Exception;
    }

    /** Through the topology, its stores and its topics between. */
    private static final class ThroughTopology implements Way {
        private final TestInputTopic<byte[], byte[]> raw;
        private final TestInputTopic<byte[], byte[]> labels;
        private final TestOutputTopic<byte[], byte[]> clean;
        private final TestOutputTopic<byte[], byte[]> features;

        ThroughTopology(TopologyTestDriver driver) {
            raw = driver.createInputTopic(
                    PIPELINE.topics().raw(), new ByteArraySerializer(), new ByteArraySerializer());
            labels = driver.createInputTopic(
                    PIPELINE.topics().labels("frauds"), new ByteArraySerializer(), new ByteArraySerializer());
            clean = driver.createOutputTopic(
                    PIPELINE.topics().clean(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
            features = driver.createOutputTopic(
                    PIPELINE.topics().features(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        @Override
        public byte[] send(Transaction transaction) {
            RecordHeaders headers = new RecordHeaders();
            headers.add(EventHeaders.ID, bytes(transaction.id()));
            raw.pipeInput(new TestRecord<>(
                    bytes(transaction.customer()), json(transaction), headers, Instant.parse("2026-01-01T00:00:00Z")));
            if (transaction.fraud()) {
                labels.pipeInput(bytes(transaction.id()), bytes("{\"label\":true}"));
            }
            features.readRecordsToList();
            return clean.readValue();
        }
    }

    /** Through the steps alone, with the state of each key in memory, for many transactions. */
    private static final class ThroughSteps implements Way {
        private final Map<String, KeyState> states = new HashMap<>();

        @Override
        public byte[] send(Transaction transaction) throws Exception {
            Row event = ((Reading.Read) PIPELINE.eventReader().read(json(transaction))).row();
            Outcome outcome = PIPELINE.transform().enter(event, CheckListener.NONE);
            while (outcome instanceof Outcome.At at) {
                WindowStep step = (WindowStep) PIPELINE.transform().keyedStep(at.step());
                KeyState state =
                        states.computeIfAbsent(step.name() + step.key(at.row()), key -> new KeyState(step.plan()));
                Instant time = PIPELINE.time(at.row());
                Row windowed = step.with(
                        at.row(), step.plan().add(at.row(), time, state).features());
                if (transaction.fraud() && step.plan().readsLabel()) {
                    step.plan().label(time, 0, 1, state);
                }
                outcome = PIPELINE.transform().proceed(windowed, at.step() + 1);
            }
            return PIPELINE.cleanWriter().write(((Outcome.Clean) outcome).row());
        }
    }

    private static void assertEqual(Transaction transaction, JsonNode row, Map<String, Double> expected) {
        expected.forEach((name, value) -> {
            double actual = row.path(name).isBoolean()
                    ? row.path(name).booleanValue() ? 1 : 0
                    : row.path(name).asDouble(0);
            if (!(Math.abs(actual - value) <= 1e-9)) {
                assertThat(actual)
                        .as("%s of transaction %s", name, transaction.id())
                        .isEqualTo(value);
            }
        });
    }

    private static byte[] json(Transaction transaction) {
        String at = TIME.format(LocalDateTime.ofEpochSecond(transaction.at(), 0, ZoneOffset.UTC));
        return bytes("{\"transaction_id\":\"" + transaction.id() + "\",\"tx_datetime\":\"" + at
                + "\",\"customer_id\":\"" + transaction.customer() + "\",\"terminal_id\":\"" + transaction.terminal()
                + "\",\"tx_amount\":" + transaction.amount() + "}");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** All transactions at once, by customer and by terminal, each in order. */
    private static final class Batch {
        private final List<Transaction> transactions;
        private final Map<String, List<Integer>> byCustomer = new HashMap<>();
        private final Map<String, List<Integer>> byTerminal = new HashMap<>();

        Batch(List<Transaction> transactions) {
            this.transactions = transactions;
            for (int i = 0; i < transactions.size(); i++) {
                byCustomer
                        .computeIfAbsent(transactions.get(i).customer(), key -> new ArrayList<>())
                        .add(i);
                byTerminal
                        .computeIfAbsent(transactions.get(i).terminal(), key -> new ArrayList<>())
                        .add(i);
            }
        }

        Map<String, Double> features(int index) {
            Transaction transaction = transactions.get(index);
            Map<String, Double> features = new HashMap<>();
            features.put("tx_amount", transaction.amount());
            LocalDateTime at = LocalDateTime.ofEpochSecond(transaction.at(), 0, ZoneOffset.UTC);
            features.put("is_weekend", at.getDayOfWeek().getValue() >= 6 ? 1.0 : 0.0);
            features.put("is_night", at.getHour() <= 6 ? 1.0 : 0.0);
            for (int days : DAYS) {
                customer(index, days, features);
                terminal(index, days, features);
            }
            return features;
        }

        private void customer(int index, int days, Map<String, Double> features) {
            Transaction now = transactions.get(index);
            int count = 0;
            double sum = 0;
            for (int i : byCustomer.get(now.customer())) {
                if (i <= index && transactions.get(i).at() > now.at() - days * DAY) {
                    count++;
                    sum += transactions.get(i).amount();
                }
            }
            features.put("customer_count_" + days + "d", (double) count);
            features.put("customer_mean_" + days + "d", sum / count);
        }

        private void terminal(int index, int days, Map<String, Double> features) {
            Transaction now = transactions.get(index);
            long end = now.at() - DELAY * DAY;
            int count = 0;
            int frauds = 0;
            for (int i : byTerminal.get(now.terminal())) {
                long at = transactions.get(i).at();
                if (at <= end && at > end - days * DAY) {
                    count++;
                    frauds += transactions.get(i).fraud() ? 1 : 0;
                }
            }
            features.put("terminal_count_" + days + "d", (double) count);
            features.put("terminal_risk_" + days + "d", count == 0 ? 0.0 : (double) frauds / count);
        }
    }
}
