package dev.millrace.pipeline.window;

import dev.millrace.pipeline.event.FieldType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.memory.Memory;

/** The summaries that are approximate, kept as sketches of bounded size (Apache DataSketches). Stateless. */
final class SketchSummary {
    /** Sketches of 4096 registers: a relative standard error of about 1.6 %. */
    private static final int LG_K = 12;

    private SketchSummary() {}

    /** About how many different values: HyperLogLog, with an error of about 1.6 %; exact below some hundred. */
    record Distinct() implements Summary.Objects {
        static {
            SketchMemory.prepare();
        }

        @Override
        public FieldType type() {
            return FieldType.INTEGER;
        }

        @Override
        public Object add(Object state, Object value) {
            HllSketch sketch = state == null ? new HllSketch(LG_K, TgtHllType.HLL_8) : (HllSketch) state;
            if (value instanceof Long number) {
                sketch.update(number);
            } else if (value instanceof Double number) {
                sketch.update(number);
            } else {
                sketch.update(value.toString());
            }
            return sketch;
        }

        @Override
        public Object merge(Object newer, Object older) {
            Union union = newer == null ? new Union(LG_K) : (Union) newer;
            union.update((HllSketch) older);
            return union;
        }

        @Override
        public Object result(Object merged) {
            return merged == null ? (Object) 0L : (Object) Math.round(((Union) merged).getEstimate());
        }

        @Override
        public boolean mergesToState() {
            return false;
        }

        @Override
        public void write(Object state, DataOutput out) throws IOException {
            writeBytes(((HllSketch) state).toCompactByteArray(), out);
        }

        @Override
        public Object read(DataInput in) throws IOException {
            return HllSketch.heapify(Memory.wrap(readBytes(in)));
        }
    }

    /** About the value at a rank: KLL, with an error of rank of about 1.3 %; exact below some hundred. */
    record Quantile(double rank) implements Summary.Objects {
        static {
            SketchMemory.prepare();
        }

        @Override
        public FieldType type() {
            return FieldType.DOUBLE;
        }

        @Override
        public Object add(Object state, Object value) {
            KllDoublesSketch sketch = state == null ? KllDoublesSketch.newHeapInstance() : (KllDoublesSketch) state;
            sketch.update(((Number) value).doubleValue());
            return sketch;
        }

        @Override
        public Object merge(Object newer, Object older) {
            KllDoublesSketch all = newer == null ? KllDoublesSketch.newHeapInstance() : (KllDoublesSketch) newer;
            all.merge((KllDoublesSketch) older);
            return all;
        }

        @Override
        public Object result(Object merged) {
            return merged == null ? null : (Object) ((KllDoublesSketch) merged).getQuantile(rank);
        }

        @Override
        public boolean mergesToState() {
            return false;
        }

        @Override
        public void write(Object state, DataOutput out) throws IOException {
            writeBytes(((KllDoublesSketch) state).toByteArray(), out);
        }

        @Override
        public Object read(DataInput in) throws IOException {
            return KllDoublesSketch.heapify(Memory.wrap(readBytes(in)));
        }
    }

    private static void writeBytes(byte[] bytes, DataOutput out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] readBytes(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }
}
