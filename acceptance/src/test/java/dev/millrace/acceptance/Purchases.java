package dev.millrace.acceptance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.SimulatorSettings;
import dev.millrace.simulator.Transaction;
import dev.millrace.simulator.TransactionCsv;
import dev.millrace.simulator.TransactionJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** Card transactions that a test sends, and what must become of them. */
record Purchases(List<Transaction> all) {
    static final int COUNT = 200_000;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    static Purchases generated() {
        return new Purchases(new CardSimulator(SimulatorSettings.handbook(20_180_401, 25))
                .stream().limit(COUNT).toList());
    }

    /** The first ones of a file that is not in the repository; the test is skipped where it is absent. */
    static Purchases real() throws IOException {
        Path file = Path.of(System.getProperty("millrace.real.transactions"));
        assumeTrue(
                Files.exists(file),
                () -> file.normalize() + " is not here; -Dmillrace.real.transactions names such a file");
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            return new Purchases(
                    reader.lines().skip(1).limit(COUNT).map(Purchases::parse).toList());
        }
    }

    private static Transaction parse(String line) {
        String[] cells = line.split(",");
        return new Transaction(
                Long.parseLong(cells[0]),
                LocalDateTime.parse(cells[1], TIME),
                Integer.parseInt(cells[2]),
                Integer.parseInt(cells[3]),
                new BigDecimal(cells[4]),
                cells[7].equals("1"),
                Integer.parseInt(cells[8]));
    }

    List<String> rows(int from, int to) {
        return all.subList(from, to).stream().map(TransactionCsv::line).toList();
    }

    List<String> objects(int from, int to) {
        return all.subList(from, to).stream().map(TransactionJson::line).toList();
    }

    /** The ids of those that the pipeline's rule takes: an amount over zero. */
    Set<String> good() {
        return all.stream().filter(Purchases::isGood).map(Purchases::id).collect(Collectors.toSet());
    }

    Set<String> bad() {
        return all.stream()
                .filter(transaction -> !isGood(transaction))
                .map(Purchases::id)
                .collect(Collectors.toSet());
    }

    BigDecimal sumOfGood() {
        return all.stream().filter(Purchases::isGood).map(Transaction::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static boolean isGood(Transaction transaction) {
        return transaction.amount().signum() > 0;
    }

    private static String id(Transaction transaction) {
        return Long.toString(transaction.id());
    }
}
