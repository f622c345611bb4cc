package dev.millrace.simulator;

/** Which customers, or which terminals, criminals have got hold of. Confined to one thread. */
final class Compromised {
    private final double perDay;
    private final int days;
    private final int[] freeFrom;

    /**
     * @param population how many there are
     * @param perDay how many are drawn a day on average; the fraction is a probability
     * @param days for how many days one stays compromised, the day of the draw included
     */
    Compromised(int population, double perDay, int days) {
        this.perDay = perDay;
        this.days = days;
        this.freeFrom = new int[population];
    }

    /** Draws the victims of a day. */
    void draw(int day, Chance chance) {
        int certain = (int) perDay;
        int count = certain + (chance.happens(perDay - certain) ? 1 : 0);
        for (int i = 0; i < count; i++) {
            freeFrom[chance.below(freeFrom.length)] = day + days;
        }
    }

    boolean on(int day, int number) {
        return day < freeFrom[number];
    }
}
