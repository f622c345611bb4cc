package dev.millrace.simulator;

import java.util.BitSet;

/** What a stream of transactions adds up to. */
final class Totals {
    final Moments amounts = new Moments();
    final Moments seconds = new Moments();
    final long[] scenarios = new long[4];
    final BitSet customers = new BitSet();
    final BitSet terminals = new BitSet();
    long count;

    void add(Transaction transaction) {
        count++;
        amounts.add(transaction.amount().doubleValue());
        seconds.add(transaction.at().toLocalTime().toSecondOfDay());
        scenarios[transaction.scenario()]++;
        customers.set(transaction.customerId());
        terminals.set(transaction.terminalId());
    }

    long frauds() {
        return scenarios[1] + scenarios[2] + scenarios[3];
    }

    /** Mean and standard deviation. */
    static final class Moments {
        private long count;
        private double sum;
        private double squares;

        void add(double value) {
            count++;
            sum += value;
            squares += value * value;
        }

        double mean() {
            return sum / count;
        }

        double deviation() {
            return Math.sqrt(squares / count - mean() * mean());
        }
    }
}
