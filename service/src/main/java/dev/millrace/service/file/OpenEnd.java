package dev.millrace.service.file;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;

/** A text that remembers, once it was read, whether its last line has an end. One thread. */
final class OpenEnd extends FilterInputStream {
    private final boolean whole;
    private int last = '\n';
    private boolean over;

    /**
     * That text.
     *
     * @param whole whether its end is known to be its end, as that of gzip is
     */
    OpenEnd(BufferedInputStream text, boolean whole) {
        super(text);
        this.whole = whole;
    }

    /** Whether it was read to its end and more of its last line may be still to be written. */
    boolean isOpen() {
        return over && !whole && last != '\n' && last != '\r';
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        if (next < 0) {
            over = true;
        } else {
            last = next;
        }
        return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        if (count < 0) {
            over = true;
        } else if (count > 0) {
            last = bytes[offset + count - 1];
        }
        return count;
    }
}
