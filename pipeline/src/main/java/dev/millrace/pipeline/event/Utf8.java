package dev.millrace.pipeline.event;

import com.google.protobuf.UnsafeByteOperations;

/** Whether bytes are well-formed UTF-8 (The Unicode Standard, table 3-7): no overlong forms, no surrogates. */
public final class Utf8 {
    private Utf8() {}

    /** Whether that slice is well-formed. Allocates nothing for plain ASCII, and a view of the bytes for the rest. */
    public static boolean isValid(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] < 0) {
                return UnsafeByteOperations.unsafeWrap(bytes, i, offset + length - i)
                        .isValidUtf8();
            }
        }
        return true;
    }
}
