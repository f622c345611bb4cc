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
import java.util.function.LongConsumer;

/**
 * Feeds transactions in the order of time: those before a day as gzipped CSV files, one a month, the others over HTTP.
 * Now and then a spoiled record is among them. Used once.
 */
final class Feeding {
    private static final int GOOD_ONES_BETWEEN = 5_000;
    private static final int SHOWN_EVERY = 1_000;

    private final CardSimulator simulator;
    private final LocalDate overHttpFrom;
    private final Path folder;
    private final HttpFeed http;
    private final LongConsumer progress;
    private long asFiles;
    private long overHttp;
    private int spoiled;
    private int files;
    private YearMonth month;
    private EventFile file;

    Feeding(CardSimulator simulator, LocalDate overHttpFrom, Path folder, HttpFeed http, LongConsumer progress) {
        this.simulator = simulator;
        this.overHttpFrom = overHttpFrom;
        this.folder = folder;
        this.http = http;
        this.progress = progress;
    }

    Fed run() {
        for (Transaction transaction : simulator) {
            boolean spoil = transaction.id() % GOOD_ONES_BETWEEN == GOOD_ONES_BETWEEN - 1;
            if (transaction.at().toLocalDate().isBefore(overHttpFrom)) {
                toFile(transaction, spoil);
            } else {
                closeFile();
                toHttp(transaction, spoil);
            }
            if (transaction.id() % SHOWN_EVERY == 0) {
                progress.accept(asFiles + overHttp);
            }
        }
        closeFile();
        http.finish();
        return new Fed(asFiles, overHttp, files);
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
            file.close();
            file = null;
        }
    }
}
