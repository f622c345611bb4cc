package dev.millrace.service.file;

import java.io.BufferedInputStream;
import java.io.IOException;

/** The byte order mark that some programs write before UTF-8, and that is no part of the text. */
public final class Utf8Mark {
    private static final int[] MARK = {0xef, 0xbb, 0xbf};

    private Utf8Mark() {}

    /** How many bytes the mark takes at the beginning of the text: three or none. */
    public static int length(byte[] text) {
        for (int i = 0; i < MARK.length; i++) {
            if (i == text.length || (text[i] & 0xff) != MARK[i]) {
                return 0;
            }
        }
        return MARK.length;
    }

    /** Passes over the mark, if it comes next. */
    static void skip(BufferedInputStream text) throws IOException {
        text.mark(MARK.length);
        if (length(text.readNBytes(MARK.length)) == 0) {
            text.reset();
        }
    }
}
