package dev.millrace.load.warehouse;

/**
 * The warehouse's offsets are not those the batch begins at: another replica loads the partition, or the database is an
 * older copy of itself. The batch was not loaded; reading has to begin again at the warehouse's offsets.
 */
public final class OffsetsMovedException extends Exception {
    OffsetsMovedException(String message) {
        super(message);
    }
}
