package dev.millrace.model.training;

import dev.millrace.simulator.Transaction;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The Handbook's own simulated transactions, from a gzipped CSV file with its columns and no quotes. */
final class HandbookFile {
    private HandbookFile() {}

    /** The transactions from one day up to and without another. */
    static List<Transaction> read(Path file, LocalDate from, LocalDate to) throws IOException {
        List<Transaction> transactions = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] cells = line.split(",");
                LocalDateTime at = LocalDateTime.parse(cells[1].replace(' ', 'T'));
                if (!at.toLocalDate().isBefore(from) && at.toLocalDate().isBefore(to)) {
                    transactions.add(new Transaction(
                            Long.parseLong(cells[0]),
                            at,
                            Integer.parseInt(cells[2]),
                            Integer.parseInt(cells[3]),
                            new BigDecimal(cells[4]),
                            cells[7].equals("1"),
                            Integer.parseInt(cells[8])));
                }
            }
        }
        return transactions;
    }
}
