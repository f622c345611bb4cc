package dev.millrace.simulator;

import dev.millrace.simulator.Customer.Purchase;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Simulates card transactions as Le Borgne, Siblini, Lebichot and Bontempi describe it in <i>Reproducible Machine
 * Learning for Credit Card Fraud Detection: Practical Handbook</i> (ULB, 2022), chapter 3: customers and terminals at
 * random places, amounts and times by each customer's habits, and three kinds of fraud: (1) an amount over 220; (2)
 * terminals that are compromised for 28 days; (3) customers whose card is known to a thief for 14 days, who multiplies a
 * third of their amounts by 5. Where several apply, the last one names the scenario.
 *
 * <p>The Handbook compromises 2 terminals and 3 customers a day among 10,000 and 5,000. A population of another size is
 * compromised at the same rate: 300 customers give 0.18 a day, that is, one is drawn with a probability of 0.18. So the
 * share of frauds, about 0.8 %, stays.
 *
 * <p>The same settings give the same transactions on every machine and JDK. A simulator may be shared between threads;
 * an iterator or stream of it belongs to one, holds one day at a time, and each starts from the first day.
 */
public final class CardSimulator implements Iterable<Transaction> {
    private static final double TERMINALS_A_DAY = 2 / 10_000.0;
    private static final double CUSTOMERS_A_DAY = 3 / 5_000.0;
    private static final int TERMINAL_DAYS = 28;
    private static final int CUSTOMER_DAYS = 14;
    private static final long SUSPICIOUS_CENTS = 220_00;
    private static final int THEFT_FACTOR = 5;

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

    /** The transactions from the first on, in the order of time; sequential. */
    public Stream<Transaction> stream() {
        int traits = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator(), traits), false);
    }

    private static final class Days implements Iterator<Transaction> {
        private final SimulatorSettings settings;
        private final List<Customer> customers = new ArrayList<>();
        private final Compromised terminals;
        private final Compromised cards;
        private final Chance crime;
        private final List<Purchase> purchases = new ArrayList<>();
        private int day = -1;
        private int next;
        private long nextId;

        Days(SimulatorSettings settings) {
            this.settings = settings;
            Chance chance = new Chance(new SplittableRandom(settings.seed()));
            Terminals places = new Terminals(settings.terminals(), chance.split());
            this.crime = chance.split();
            this.terminals =
                    new Compromised(settings.terminals(), TERMINALS_A_DAY * settings.terminals(), TERMINAL_DAYS);
            this.cards = new Compromised(settings.customers(), CUSTOMERS_A_DAY * settings.customers(), CUSTOMER_DAYS);
            for (int id = 0; id < settings.customers(); id++) {
                customers.add(new Customer(id, places, chance.split()));
            }
        }

        @Override
        public boolean hasNext() {
            while (next == purchases.size() && day + 1 < settings.days()) {
                day++;
                simulateDay();
            }
            return next < purchases.size();
        }

        @Override
        public Transaction next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the last day is over");
            }
            return judge(purchases.get(next++));
        }

        private void simulateDay() {
            terminals.draw(day, crime);
            cards.draw(day, crime);
            purchases.clear();
            next = 0;
            customers.forEach(customer -> customer.shop(purchases));
            // The sort is stable: purchases of one second keep the order of their customers.
            purchases.sort(Comparator.comparingInt(Purchase::second));
        }

        private Transaction judge(Purchase purchase) {
            long cents = purchase.cents();
            int scenario = cents > SUSPICIOUS_CENTS ? 1 : 0;
            if (terminals.on(day, purchase.terminal())) {
                scenario = 2;
            }
            if (cards.on(day, purchase.customer()) && crime.below(3) == 0) {
                cents *= THEFT_FACTOR;
                scenario = 3;
            }
            LocalDate date = settings.start().plusDays(day);
            return new Transaction(
                    nextId++,
                    date.atStartOfDay().plusSeconds(purchase.second()),
                    purchase.customer(),
                    purchase.terminal(),
                    BigDecimal.valueOf(cents, 2),
                    scenario > 0,
                    scenario);
        }
    }
}
