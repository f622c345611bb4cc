package dev.millrace.simulator;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Simulates card transactions as Le Borgne, Siblini, Lebichot and Bontempi describe it in <i>Reproducible Machine
 * Learning for Credit Card Fraud Detection: Practical Handbook</i> (ULB, 2022), chapter 3: customers and terminals at
 * random places, amounts and times by each customer's habits, and three kinds of fraud: (1) an amount over 220; (2)
 * terminals that are compromised for 28 days; (3) customers whose card is known to a thief for 14 days, who multiplies a
 * third of their amounts by 5.
 *
 * <p>The Handbook compromises 2 terminals and 3 customers a day among 10,000 and 5,000. A population of another size is
 * compromised at the same rate, the remainder by chance. One day is held in memory at a time. One iterator, one thread.
 */
public final class CardSimulator implements Iterable<Transaction> {
    private static final int SECONDS_A_DAY = 86_400;
    private static final double NOON = SECONDS_A_DAY / 2.0;
    private static final double TIME_SPREAD = 20_000;
    private static final BigDecimal SUSPICIOUS_AMOUNT = new BigDecimal("220");
    private static final BigDecimal THEFT_FACTOR = BigDecimal.valueOf(5);
    private static final int TERMINAL_DAYS = 28;
    private static final int CUSTOMER_DAYS = 14;

    private final SimulatorSettings settings;

    /** A simulator of these settings. */
    public CardSimulator(SimulatorSettings settings) {
        this.settings = settings;
    }

    /** The transactions from the first on, in the order of time. */
    @Override
    public Iterator<Transaction> iterator() {
        return new Days(settings);
    }

    private static final class Days implements Iterator<Transaction> {
        private final SimulatorSettings settings;
        private final List<Customer> customers;
        private final SplittableRandom habits;
        private final SplittableRandom crimes;
        private final Map<Integer, Integer> terminalsUntil = new HashMap<>();
        private final Map<Integer, Integer> customersUntil = new HashMap<>();
        private final Deque<Transaction> today = new ArrayDeque<>();
        private int day;
        private long nextId;

        Days(SimulatorSettings settings) {
            SplittableRandom root = new SplittableRandom(settings.seed());
            this.settings = settings;
            this.customers = Customer.draw(settings, root.split());
            this.habits = root.split();
            this.crimes = root.split();
        }

        @Override
        public boolean hasNext() {
            while (today.isEmpty() && day < settings.days()) {
                simulateDay();
                day++;
            }
            return !today.isEmpty();
        }

        @Override
        public Transaction next() {
            if (!hasNext()) {
                throw new java.util.NoSuchElementException("the last day is over");
            }
            return today.removeFirst();
        }

        private void simulateDay() {
            compromise(2.0 * settings.terminals() / 10_000, settings.terminals(), TERMINAL_DAYS, terminalsUntil);
            compromise(3.0 * settings.customers() / 5_000, settings.customers(), CUSTOMER_DAYS, customersUntil);
            LocalDate date = settings.start().plusDays(day);
            List<Transaction> drawn = new ArrayList<>();
            for (Customer customer : customers) {
                drawCustomer(customer, date, drawn);
            }
            drawn.sort(Comparator.comparing(Transaction::at));
            for (Transaction t : drawn) {
                today.add(new Transaction(
                        nextId++, t.at(), t.customerId(), t.terminalId(), t.amount(), t.fraud(), t.scenario()));
            }
        }

        /** Draws who is compromised from today on; {@code until} holds the first day on which they no longer are. */
        private void compromise(double rate, int population, int days, Map<Integer, Integer> until) {
            until.values().removeIf(end -> end <= day);
            int count = (int) rate + (crimes.nextDouble() < rate - (int) rate ? 1 : 0);
            for (int i = 0; i < count; i++) {
                until.put(crimes.nextInt(population), day + days);
            }
        }

        private void drawCustomer(Customer customer, LocalDate date, List<Transaction> drawn) {
            int count = poisson(customer.dailyRate());
            for (int i = 0; i < count; i++) {
                int second = (int) Math.floor(NOON + habits.nextGaussian() * TIME_SPREAD);
                if (second <= 0 || second >= SECONDS_A_DAY || customer.terminals().length == 0) {
                    continue;
                }
                BigDecimal amount = amount(customer);
                int terminal = customer.terminals()[habits.nextInt(customer.terminals().length)];
                drawn.add(judged(customer.id(), terminal, date, second, amount));
            }
        }

        private Transaction judged(int customer, int terminal, LocalDate date, int second, BigDecimal amount) {
            BigDecimal paid = amount;
            int scenario = amount.compareTo(SUSPICIOUS_AMOUNT) > 0 ? 1 : 0;
            if (terminalsUntil.containsKey(terminal)) {
                scenario = 2;
            }
            if (customersUntil.containsKey(customer) && crimes.nextInt(3) == 0) {
                paid = amount.multiply(THEFT_FACTOR);
                scenario = 3;
            }
            return new Transaction(
                    0, date.atStartOfDay().plusSeconds(second), customer, terminal, paid, scenario > 0, scenario);
        }

        private BigDecimal amount(Customer customer) {
            double drawn = customer.meanAmount() + habits.nextGaussian() * customer.meanAmount() / 2;
            if (drawn < 0) {
                drawn = habits.nextDouble() * 2 * customer.meanAmount();
            }
            return BigDecimal.valueOf(drawn).setScale(2, RoundingMode.HALF_EVEN);
        }

        /** Knuth's method (The Art of Computer Programming, volume 2, section 3.4.1); the rates are small. */
        private int poisson(double rate) {
            double limit = Math.exp(-rate);
            double product = habits.nextDouble();
            int count = 0;
            while (product > limit) {
                product *= habits.nextDouble();
                count++;
            }
            return count;
        }
    }
}
