package dev.millrace.model.inference;

import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What scikit-learn's exporter makes of probabilities unless it is told not to (a ZipMap): a map from class to probability a
 * row. Here it is a tensor of rows × classes again, the classes in their natural order, which is the trainer's.
 */
final class ClassMaps {
    private ClassMaps() {}

    /** The probabilities; the maps are closed. */
    static Tensor probabilities(OnnxSequence sequence) throws OrtException {
        List<? extends OnnxValue> maps = sequence.getValue();
        try {
            ByteBuffer data = null;
            int classes = 0;
            for (OnnxValue value : maps) {
                Map<Object, Object> ordered = new TreeMap<>(((OnnxMap) value).getValue());
                if (data == null) {
                    classes = ordered.size();
                    data = Tensor.Fixed.room(DataType.FP32, maps.size() * classes);
                }
                for (Object probability : ordered.values()) {
                    data.putFloat(((Number) probability).floatValue());
                }
            }
            return new Tensor.Fixed(
                    DataType.FP32,
                    new long[] {maps.size(), classes},
                    data == null ? ByteBuffer.allocate(0) : data.flip());
        } finally {
            for (OnnxValue value : maps) {
                value.close();
            }
        }
    }
}
