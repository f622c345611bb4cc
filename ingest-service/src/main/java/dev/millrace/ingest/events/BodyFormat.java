package dev.millrace.ingest.events;

import java.util.function.Consumer;

/** How a body holds its records. */
interface BodyFormat {
    /**
     * Hands each record on, in order.
     *
     * @throws UnreadableBodyException if the body is broken; the records before that were handed on
     */
    void split(byte[] body, Consumer<Posted> records) throws UnreadableBodyException;
}
