package dev.millrace.training.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Attributes of ONNX nodes by the types of their values. */
final class Attributes {
    private Attributes() {}

    static AttributeProto integer(String name, long value) {
        return named(name, AttributeType.INT).setI(value).build();
    }

    static AttributeProto text(String name, String value) {
        return named(name, AttributeType.STRING).setS(bytes(value)).build();
    }

    static AttributeProto texts(String name, List<String> values) {
        return named(name, AttributeType.STRINGS)
                .addAllStrings(values.stream().map(Attributes::bytes).toList())
                .build();
    }

    static AttributeProto integers(String name, List<Long> values) {
        return named(name, AttributeType.INTS).addAllInts(values).build();
    }

    static AttributeProto numbers(String name, List<Float> values) {
        return named(name, AttributeType.FLOATS).addAllFloats(values).build();
    }

    private static AttributeProto.Builder named(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFrom(text, StandardCharsets.UTF_8);
    }
}
