package dev.millrace.model.inference;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import java.util.Map;
import java.util.Optional;

/** The types that a tensor's elements may have, by their names in the Open Inference Protocol. */
public enum DataType {
    BOOL(1, OnnxJavaType.BOOL),
    UINT8(1, OnnxJavaType.UINT8),
    UINT16(2, OnnxJavaType.INT16),
    UINT32(4, OnnxJavaType.INT32),
    UINT64(8, OnnxJavaType.INT64),
    INT8(1, OnnxJavaType.INT8),
    INT16(2, OnnxJavaType.INT16),
    INT32(4, OnnxJavaType.INT32),
    INT64(8, OnnxJavaType.INT64),
    FP16(2, OnnxJavaType.FLOAT16),
    BF16(2, OnnxJavaType.BFLOAT16),
    FP32(4, OnnxJavaType.FLOAT),
    FP64(8, OnnxJavaType.DOUBLE),
    /** Texts, in UTF-8 wherever they are bytes. */
    BYTES(0, OnnxJavaType.STRING);

    private static final Map<OnnxTensorType, DataType> BY_ELEMENT = Map.ofEntries(
            Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL, BOOL),
            Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8, UINT8),
            Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16, UINT16),
            Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32, UINT32),
            Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64, UINT64),
            Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8, INT8),
            Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16, INT16),
            Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, INT32),
            Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, INT64),
            Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, FP16),
            Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16, BF16),
            Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, FP32),
            Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE, FP64),
            Map.entry(OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING, BYTES));

    private final int size;
    private final OnnxJavaType runtimeType;

    DataType(int size, OnnxJavaType runtimeType) {
        this.size = size;
        this.runtimeType = runtimeType;
    }

    /** How many bytes an element has; 0 if each has as many as it needs. */
    public int size() {
        return size;
    }

    /** Whether its elements are integers, of whichever width. */
    public boolean isInteger() {
        return ordinal() >= UINT8.ordinal() && ordinal() <= INT64.ordinal();
    }

    /** Whether elements are read without a sign in a width for which Java and the runtime's Java have only signed ones. */
    boolean isWideUnsigned() {
        return this == UINT16 || this == UINT32 || this == UINT64;
    }

    /** What stands for it in the runtime's Java: a type of the same width, if it has none of its own there. */
    OnnxJavaType runtimeType() {
        return runtimeType;
    }

    /** The type of that name. */
    public static Optional<DataType> named(String name) {
        for (DataType type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** The type of a graph's elements, if it is one of these. */
    static Optional<DataType> of(OnnxTensorType element) {
        return Optional.ofNullable(BY_ELEMENT.get(element));
    }
}
