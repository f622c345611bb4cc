package dev.millrace.ingest.position;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * How far a file was read.
 *
 * @param fingerprint a hash of the file's first bytes: another content under the same name is another file
 * @param head how many bytes the fingerprint covers
 * @param records how many records were read, refused ones among them
 * @param size the file's size in bytes when it was last read to its end, or 0
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record FilePosition(String fingerprint, int head, long records, long size) {
    /** This position in a file of which more is known by now. */
    public FilePosition of(String longerFingerprint, int longerHead) {
        return new FilePosition(longerFingerprint, longerHead, records, size);
    }

    /** This position, some records further. */
    public FilePosition after(long newRecords) {
        return new FilePosition(fingerprint, head, newRecords, 0);
    }

    /** This position, at the end of a file of that size. */
    public FilePosition atEnd(long newRecords, long newSize) {
        return new FilePosition(fingerprint, head, newRecords, newSize);
    }
}
