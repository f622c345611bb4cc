package dev.millrace.service.leadership;

/** Whether this replica is the one that does what must be done once. Thread-safe. */
public interface Leadership {
    /**
     * Whether it may be done here, now. Ask again before each piece of work that takes seconds; what is done must be
     * fenced all the same, since a process can be frozen between question and deed.
     */
    boolean held();

    /** This replica's name among those of its service. */
    String replica();
}
