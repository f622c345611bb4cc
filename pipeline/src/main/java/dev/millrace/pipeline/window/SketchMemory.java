package dev.millrace.pipeline.window;

import java.util.Set;
import org.apache.datasketches.memory.WritableMemory;

/**
 * Makes DataSketches' memory library take the JDK that it runs on. It looks at the version's name once, when its classes are
 * loaded, and refuses those that were not there when it was released, such as 25; what is used of it here, arrays on the heap,
 * is the same on them. So it is loaded under the name of one that it knows.
 */
final class SketchMemory {
    private static final String VERSION = "java.version";
    private static final Set<Integer> KNOWN = Set.of(17, 21);

    private SketchMemory() {}

    /** Has it loaded; at once if it is already. */
    static synchronized void prepare() {
        String own = System.getProperty(VERSION);
        if (!KNOWN.contains(Runtime.version().feature())) {
            System.setProperty(VERSION, "21");
        }
        try {
            WritableMemory.writableWrap(new byte[1]);
        } finally {
            System.setProperty(VERSION, own);
        }
    }
}
