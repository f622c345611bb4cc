package dev.millrace.local.stack;

/** What of a former run on the same folder is forgotten at the start. */
public enum Forget {
    /** Nothing: what Kafka and PostgreSQL hold survives. */
    NOTHING,
    /** What the processes keep. Files that somebody put into the folder of the file sources are theirs. */
    STATE,
    /** The files of the file sources too. */
    STATE_AND_FILES
}
