package dev.millrace.acceptance;

import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.SimulatorSettings;
import dev.millrace.simulator.Transaction;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Generated card transactions in the order of their times, a pipeline that gives them rolling features by customer and by
 * terminal, some of labels, and what these features must be: a plain computation over all transactions at once.
 */
final class Rolling {
    static final String PIPELINE = "rolling";

    static final String YAML = """
            apiVersion: millrace.dev/v1alpha1
            kind: Pipeline
            metadata: { name: rolling }
            spec:
              event:
                id: transaction_id
                key: customer_id
                time: tx_datetime
                fields:
                  transaction_id: { type: string, required: true }
                  tx_datetime:    { type: timestamp, required: true, formats: ["yyyy-MM-dd HH:mm:ss.SSS"] }
                  customer_id:    { type: string, required: true }
                  terminal_id:    { type: string, required: true }
                  tx_amount:      { type: double, required: true }
              sources: [{ http: {} }]
              labels: { frauds: {} }
              transform:
                - deduplicate: { within: 30d }
                - window: { by: customer_id, over: [1d, 7d, 30d], precision: 1s, compute: { customer_count: "count()", customer_mean: "mean(tx_amount)" } }
                - window: { by: terminal_id, over: [1d, 7d], precision: 1s, compute: { terminal_count: "count()" } }
                - window: { by: terminal_id, over: [7d, 30d], delay: 7d, precision: 1s, labels: frauds, compute: { terminal_frauds: "count() where label > 0.5" } }
              sinks: [{ postgres: { fact: { table: fact_rolling, partition: month } } }]
            """;

    /** The features in the order of {@link #features(int)}, as columns. */
    static final List<String> COLUMNS = List.of(
            "customer_count_1d",
            "customer_count_7d",
            "customer_count_30d",
            "customer_mean_1d",
            "customer_mean_7d",
            "customer_mean_30d",
            "terminal_count_1d",
            "terminal_count_7d",
            "terminal_frauds_7d",
            "terminal_frauds_30d");

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");
    private static final int DAYS = 110;
    private static final long DAY = 86_400;
    private static final long DELAY = 7 * DAY;

    private final List<Transaction> all;
    private final Map<Integer, int[]> byCustomer;
    private final Map<Integer, int[]> byTerminal;

    /** That many of them, over as many days whatever their number. */
    Rolling(long seed, int count) {
        int customers = Math.max(20, count / 200);
        SimulatorSettings settings =
                new SimulatorSettings(seed, LocalDate.of(2018, 4, 1), DAYS, customers, 2 * customers);
        this.all = new CardSimulator(settings).stream().limit(count).toList();
        this.byCustomer = index(all.stream().map(Transaction::customerId).toList());
        this.byTerminal = index(all.stream().map(Transaction::terminalId).toList());
    }

    private static Map<Integer, int[]> index(List<Integer> keys) {
        Map<Integer, List<Integer>> places = new HashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            places.computeIfAbsent(keys.get(i), key -> new ArrayList<>()).add(i);
        }
        Map<Integer, int[]> index = new HashMap<>();
        places.forEach((key, list) ->
                index.put(key, list.stream().mapToInt(Integer::intValue).toArray()));
        return index;
    }

    int size() {
        return all.size();
    }

    String id(int index) {
        return Long.toString(all.get(index).id());
    }

    /** As JSON. Those of one second get milliseconds, in their order. */
    String line(int index) {
        Transaction transaction = all.get(index);
        int behind = 0;
        while (behind < index && all.get(index - behind - 1).at().equals(transaction.at())) {
            behind++;
        }
        LocalDateTime at = transaction.at().plusNanos(behind * 1_000_000L);
        return "{\"transaction_id\":\"" + id(index) + "\",\"tx_datetime\":\"" + TIME.format(at)
                + "\",\"customer_id\":\"" + transaction.customerId() + "\",\"terminal_id\":\""
                + transaction.terminalId() + "\",\"tx_amount\":" + transaction.amount() + "}";
    }

    /** A label for each fraud, as JSON. */
    List<String> labels() {
        return all.stream()
                .filter(Transaction::fraud)
                .map(transaction -> "{\"transaction_id\":\"" + transaction.id() + "\",\"label\":true}")
                .toList();
    }

    /** What the transaction's features must be. */
    double[] features(int index) {
        double[] features = new double[COLUMNS.size()];
        long now = second(index);
        int[] customer = byCustomer.get(all.get(index).customerId());
        int feature = 0;
        for (int days : new int[] {1, 7, 30}) {
            int count = 0;
            double sum = 0;
            for (int i = place(customer, index); i >= 0 && second(customer[i]) > now - days * DAY; i--) {
                count++;
                sum += all.get(customer[i]).amount().doubleValue();
            }
            features[feature] = count;
            features[feature + 3] = sum / count;
            feature++;
        }
        feature += 3;
        int[] terminal = byTerminal.get(all.get(index).terminalId());
        for (int days : new int[] {1, 7}) {
            int count = 0;
            for (int i = place(terminal, index); i >= 0 && second(terminal[i]) > now - days * DAY; i--) {
                count++;
            }
            features[feature++] = count;
        }
        for (int days : new int[] {7, 30}) {
            int frauds = 0;
            for (int i = place(terminal, index); i >= 0 && second(terminal[i]) > now - DELAY - days * DAY; i--) {
                frauds += second(terminal[i]) <= now - DELAY
                                && all.get(terminal[i]).fraud()
                        ? 1
                        : 0;
            }
            features[feature++] = frauds;
        }
        return features;
    }

    private static int place(int[] indices, int index) {
        return java.util.Arrays.binarySearch(indices, index);
    }

    private long second(int index) {
        return all.get(index).at().toEpochSecond(ZoneOffset.UTC);
    }
}
