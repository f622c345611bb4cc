package dev.millrace.local.demo;

import dev.millrace.simulator.Transaction;
import dev.millrace.simulator.TransactionCsv;
import dev.millrace.simulator.TransactionJson;
import java.util.List;
import java.util.function.UnaryOperator;

/** Records as sources send them on bad days, made from good ones. Every one of them must end up in {@code rejected}. */
final class Spoiled {
    private static final List<UnaryOperator<String>> ROWS = List.of(
            row -> row.replaceFirst(",\\d{4}-\\d{2}-\\d{2}", ",2018-02-30"),
            row -> row.substring(0, row.lastIndexOf(',')),
            row -> row.replaceFirst(",[^,]*$", ",a lot"),
            row -> row.replaceFirst(",[^,]*$", ",-1.00"));
    private static final List<UnaryOperator<String>> OBJECTS = List.of(
            json -> json.substring(0, json.length() - 9),
            json -> json.replaceFirst("\"customer_id\":\"\\d+\",", ""),
            json -> json.replaceFirst("\"tx_amount\":[0-9.]+", "\"tx_amount\":\"NaN\""),
            json -> json.replaceFirst("\"tx_amount\":[0-9.]+", "\"tx_amount\":-1.00"));

    private Spoiled() {}

    /** A spoiled row of a CSV file. */
    static String row(Transaction transaction, int number) {
        return ROWS.get(number % ROWS.size()).apply("spoiled-" + TransactionCsv.line(transaction));
    }

    /** A spoiled line of JSON. */
    static String object(Transaction transaction, int number) {
        String json =
                TransactionJson.line(transaction).replace("\"transaction_id\":\"", "\"transaction_id\":\"spoiled-");
        return OBJECTS.get(number % OBJECTS.size()).apply(json);
    }
}
