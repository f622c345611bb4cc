package dev.millrace.simulator;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/**
 * One card transaction.
 *
 * @param id its number, from 0 in the order of time
 * @param at when it happened, to the second
 * @param customerId the customer's number
 * @param terminalId the terminal's number
 * @param amount the amount, with two decimals
 * @param fraud whether it is a fraud
 * @param scenario which of the three kinds of fraud, or 0
 */
public record Transaction(
        long id, LocalDateTime at, int customerId, int terminalId, BigDecimal amount, boolean fraud, int scenario) {
    /** The header of {@link #toCsv()}. */
    public static final String CSV_HEADER = "TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT";

    private static final DateTimeFormatter DATE_TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    /** The transaction as a row of a CSV file, without what is only known later: whether it is a fraud. */
    public String toCsv() {
        return id + "," + DATE_TIME.format(at) + "," + customerId + "," + terminalId + "," + amount;
    }

    /** The transaction as a JSON object on one line, without what is only known later: whether it is a fraud. */
    public String toJson() {
        return "{\"transaction_id\":\"" + id + "\",\"tx_datetime\":\"" + DATE_TIME.format(at) + "\",\"customer_id\":\""
                + customerId + "\",\"terminal_id\":\"" + terminalId + "\",\"tx_amount\":" + amount + "}";
    }
}
