package dev.millrace.simulator;

/** Transactions as JSON objects in the fields of the card-fraud example, one a line. A line has no line end. */
public final class TransactionJson {
    private static final int LINE_LENGTH = 144;

    private TransactionJson() {}

    /** The transaction as it is known when it happens. */
    public static String line(Transaction transaction) {
        StringBuilder line = new StringBuilder(LINE_LENGTH);
        line.append("{\"transaction_id\":\"").append(transaction.id()).append("\",\"tx_datetime\":\"");
        Timestamp.append(line, transaction.at());
        return line.append("\",\"customer_id\":\"")
                .append(transaction.customerId())
                .append("\",\"terminal_id\":\"")
                .append(transaction.terminalId())
                .append("\",\"tx_amount\":")
                .append(transaction.amount())
                .append('}')
                .toString();
    }

    /** What becomes known of the transaction later: a label for it. */
    public static String label(Transaction transaction) {
        return "{\"transaction_id\":\"" + transaction.id() + "\",\"label\":" + transaction.fraud() + "}";
    }
}
