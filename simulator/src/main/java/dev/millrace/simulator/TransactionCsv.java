package dev.millrace.simulator;

/** Transactions as lines of a CSV file (RFC 4180), in the columns of the Handbook. A line has no line end. */
public final class TransactionCsv {
    /** The header over {@link #line}. */
    public static final String HEADER = "TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT";
    /** The header over {@link #labelledLine}. */
    public static final String LABELLED_HEADER = HEADER + ",TX_FRAUD,TX_FRAUD_SCENARIO";

    private static final int LINE_LENGTH = 64;

    private TransactionCsv() {}

    /** The transaction as it is known when it happens. */
    public static String line(Transaction transaction) {
        return append(new StringBuilder(LINE_LENGTH), transaction).toString();
    }

    /** The transaction with what is known only later: whether it was a fraud, and of which kind. */
    public static String labelledLine(Transaction transaction) {
        return append(new StringBuilder(LINE_LENGTH), transaction)
                .append(transaction.fraud() ? ",1," : ",0,")
                .append(transaction.scenario())
                .toString();
    }

    private static StringBuilder append(StringBuilder line, Transaction transaction) {
        Timestamp.append(line.append(transaction.id()).append(','), transaction.at());
        return line.append(',')
                .append(transaction.customerId())
                .append(',')
                .append(transaction.terminalId())
                .append(',')
                .append(transaction.amount());
    }
}
