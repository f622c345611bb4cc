package dev.millrace.transform.command;

/** Where it is told what became of records. One thread. */
interface Report {
    /** Tells of a record. */
    void tell(Trial trial);

    /** Sums up. */
    void sumUp(Tally tally);
}
