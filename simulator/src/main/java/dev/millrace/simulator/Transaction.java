package dev.millrace.simulator;

import java.math.BigDecimal;
import java.time.LocalDateTime;

/**
 * One card transaction.
 *
 * @param id its number, from 0 in the order of time
 * @param at when it happened, to the second
 * @param customerId the customer's number, from 0
 * @param terminalId the terminal's number, from 0
 * @param amount the amount, with two decimals
 * @param fraud whether it is a fraud
 * @param scenario which of the three kinds of fraud, or 0
 */
public record Transaction(
        long id, LocalDateTime at, int customerId, int terminalId, BigDecimal amount, boolean fraud, int scenario) {}
