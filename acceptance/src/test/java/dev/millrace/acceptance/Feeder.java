package dev.millrace.acceptance;

import dev.millrace.local.feed.EventFile;
import dev.millrace.local.feed.HttpFeed;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.simulator.TransactionCsv;

/** Sends purchases: the first half of a slice as a file, the second over HTTP. */
final class Feeder implements AutoCloseable {
    private static final int CONNECTIONS = 2;

    private final Stack stack;
    private final Purchases purchases;
    private final HttpFeed http;

    Feeder(Stack stack, Purchases purchases) {
        this.stack = stack;
        this.purchases = purchases;
        this.http = new HttpFeed(stack.address(Service.INGEST), Stacks.PIPELINE, CONNECTIONS);
    }

    void feed(int from, int to) {
        int middle = (from + to) / 2;
        try (EventFile file =
                new EventFile(stack.data().resolve(Stacks.PIPELINE + "/" + from + ".csv.gz"), TransactionCsv.HEADER)) {
            purchases.rows(from, middle).forEach(file::line);
        }
        purchases.objects(middle, to).forEach(http::line);
        http.finish();
    }

    long repeats() {
        return http.repeats();
    }

    @Override
    public void close() {
        http.close();
    }
}
