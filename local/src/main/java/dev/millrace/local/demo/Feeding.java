package dev.millrace.local.demo;

import dev.millrace.local.feed.EventFile;
import dev.millrace.local.feed.HttpFeed;
import dev.millrace.simulator.CardSimulator;
import dev.millrace.simulator.Transaction;
import dev.millrace.simulator.TransactionCsv;
import dev.millrace.simulator.TransactionJson;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;

/**
 * Feeds transactions in the order of time: those before a day as gzipped CSV files, one a month, the others over HTTP once
 * the files are read. Chargebacks follow a week behind: those of the files' transactions when they are written, the others a
 * day at a time. Now and then a spoiled record is among them. Used once.
 */
final class Feeding {
    private static final int GOOD_ONES_BETWEEN = 5_000;
    private static final int SHOWN_EVERY = 1_000;
    private static final int CHARGED_BACK_AFTER_DAYS = 7;

    private final CardSimulator simulator;
    private final LocalDate overHttpFrom;
    private final Path folder;
    private final HttpFeed http;
    private final HttpFeed chargebacks;
    private final LongConsumer awaitFiles;
    private final LongConsumer progress;
    private final Deque<Transaction> due = new ArrayDeque<>();
    private long asFiles;
    private long overHttp;
    private int spoiled;
    private int files;
    private YearMonth month;
    private EventFile file;

    /**
     * @param awaitFiles waits until so many records of files were read
     * @param progress is told how many records were fed
     */
    Feeding(
            CardSimulator simulator,
            LocalDate overHttpFrom,
            Path folder,
            HttpFeed http,
            HttpFeed chargebacks,
            LongConsumer awaitFiles,
            LongConsumer progress) {
        this.simulator = simulator;
        this.overHttpFrom = overHttpFrom;
        this.folder = folder;
        this.http = http;
        this.chargebacks = chargebacks;
        this.awaitFiles = awaitFiles;
        this.progress = progress;
    }

    /** How many records come of so many transactions, the spoiled ones among them. */
    static long records(long transactions) {
        return transactions + transactions / GOOD_ONES_BETWEEN;
    }

    Fed run() {
        LocalDate today = null;
        for (Transaction transaction : simulator) {
            boolean spoil = transaction.id() % GOOD_ONES_BETWEEN == GOOD_ONES_BETWEEN - 1;
            LocalDate day = transaction.at().toLocalDate();
            if (day.isBefore(overHttpFrom)) {
                toFile(transaction, spoil);
            } else {
                if (today == null) {
                    closeFile();
                    awaitFiles.accept(asFiles);
                }
                if (!day.equals(today)) {
                    chargeBack(day.minusDays(CHARGED_BACK_AFTER_DAYS));
                    today = day;
                }
                toHttp(transaction, spoil);
            }
            if (transaction.fraud()) {
                due.add(transaction);
            }
            if (transaction.id() % SHOWN_EVERY == 0) {
                progress.accept(asFiles + overHttp);
            }
        }
        closeFile();
        http.finish();
        return new Fed(asFiles, overHttp, files, chargebacks.accepted());
    }

    /** Those of the days before: they are known before what is sent from now on is counted. */
    private void chargeBack(LocalDate before) {
        boolean any = false;
        while (!due.isEmpty() && due.peek().at().toLocalDate().isBefore(before)) {
            chargebacks.line(TransactionJson.label(due.poll()));
            any = true;
        }
        if (any) {
            http.finish();
            chargebacks.finish();
        }
    }

    private void toFile(Transaction transaction, boolean spoil) {
        YearMonth current = YearMonth.from(transaction.at());
        if (!current.equals(month)) {
            closeFile();
            month = current;
            file = new EventFile(folder.resolve("transactions-" + current + ".csv.gz"), TransactionCsv.HEADER);
            files++;
        }
        file.line(TransactionCsv.line(transaction));
        asFiles++;
        if (spoil) {
            file.line(Spoiled.row(transaction, spoiled++));
            asFiles++;
        }
    }

    private void toHttp(Transaction transaction, boolean spoil) {
        http.line(TransactionJson.line(transaction));
        overHttp++;
        if (spoil) {
            http.line(Spoiled.object(transaction, spoiled++));
            overHttp++;
        }
    }

    private void closeFile() {
        if (file != null) {
            // The window that counts them ends a week before each event, so that it does not matter how early they
            // come.
            chargeBack(LocalDate.MAX);
            file.close();
            file = null;
        }
    }
}
