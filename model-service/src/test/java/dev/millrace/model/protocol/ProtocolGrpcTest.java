package dev.millrace.model.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import dev.millrace.model.ServiceReady;
import dev.millrace.model.ServiceResource;
import dev.millrace.model.TinyOnnx;
import dev.millrace.model.protocol.grpc.GRPCInferenceServiceGrpc;
import dev.millrace.model.protocol.grpc.InferParameter;
import dev.millrace.model.protocol.grpc.InferTensorContents;
import dev.millrace.model.protocol.grpc.ModelInferRequest;
import dev.millrace.model.protocol.grpc.ModelInferResponse;
import dev.millrace.model.protocol.grpc.ModelMetadataRequest;
import dev.millrace.model.protocol.grpc.ModelMetadataResponse;
import dev.millrace.model.protocol.grpc.ModelReadyRequest;
import dev.millrace.model.protocol.grpc.ServerLiveRequest;
import dev.millrace.model.protocol.grpc.ServerMetadataRequest;
import dev.millrace.model.protocol.grpc.ServerMetadataResponse;
import dev.millrace.model.protocol.grpc.ServerReadyRequest;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The Open Inference Protocol V2 over gRPC: each call, each type of tensor, each status. */
@QuarkusTest
@QuarkusTestResource(ServiceResource.class)
class ProtocolGrpcTest {
    private ManagedChannel channel;
    private GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub service;

    @BeforeEach
    void connect() {
        ServiceReady.await();
        channel = ManagedChannelBuilder.forAddress("localhost", RestAssured.port)
                .usePlaintext()
                .build();
        service = GRPCInferenceServiceGrpc.newBlockingStub(channel);
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

    @Test
    void says_that_it_lives_and_is_ready() {
        assertThat(service.serverLive(ServerLiveRequest.getDefaultInstance()).getLive())
                .isTrue();
        assertThat(service.serverReady(ServerReadyRequest.getDefaultInstance()).getReady())
                .isTrue();
    }

    @Test
    void says_what_it_is() {
        ServerMetadataResponse server = service.serverMetadata(ServerMetadataRequest.getDefaultInstance());

        assertThat(server.getName()).isEqualTo("millrace");
        assertThat(server.getVersion()).isNotEmpty();
        assertThat(server.getExtensionsList()).containsExactly("binary_tensor_data", "classification");
    }

    @Test
    void says_whether_a_model_is_ready() {
        assertThat(ready("card-fraud", "")).isTrue();
        assertThat(ready("card-fraud", "2")).isTrue();
        assertThat(ready("lookup", "")).isFalse();
        assertThatThrownBy(() -> ready("card-fraud", "7")).satisfies(is(Status.Code.NOT_FOUND, "no version '7'"));
        assertThatThrownBy(() -> ready("card-frand", ""))
                .satisfies(is(Status.Code.NOT_FOUND, "did you mean 'card-fraud'?"));
    }

    @Test
    void says_what_a_model_takes_and_gives() {
        ModelMetadataResponse model = service.modelMetadata(
                ModelMetadataRequest.newBuilder().setName("countries").build());

        assertThat(model.getName()).isEqualTo("countries");
        assertThat(model.getVersionsList()).containsExactly("1");
        assertThat(model.getPlatform()).isEqualTo("onnxruntime_onnx");
        assertThat(model.getInputsList())
                .extracting(ModelMetadataResponse.TensorMetadata::getDatatype)
                .containsExactly("FP32", "INT64", "BYTES");
        assertThat(model.getInputs(0).getShapeList()).containsExactly(-1L, 1L);
        assertThat(model.getOutputsCount()).isEqualTo(2);
        assertThatThrownBy(() -> service.modelMetadata(ModelMetadataRequest.newBuilder()
                        .setName("countries")
                        .setVersion("9")
                        .build()))
                .satisfies(is(Status.Code.NOT_FOUND, "no version '9'"));
    }

    @Test
    void runs_the_champion_or_a_version() {
        ModelInferResponse champion = service.modelInfer(fraud().setId("42").build());
        ModelInferResponse second =
                service.modelInfer(fraud().setModelVersion("2").build());

        assertThat(champion.getModelName()).isEqualTo("card-fraud");
        assertThat(champion.getModelVersion()).isEqualTo("1");
        assertThat(champion.getId()).isEqualTo("42");
        assertThat(champion.getOutputs(0).getName()).isEqualTo("score");
        assertThat(champion.getOutputs(0).getShapeList()).containsExactly(1L, 1L);
        assertThat(champion.getOutputs(0).getContents().getFp32Contents(0)).isBetween(0f, 1f);
        assertThat(second.getModelVersion()).isEqualTo("2");
        assertThat(second.getId()).isEmpty();
    }

    @Test
    void the_greatest_values_are_given_as_classes_and_what_it_does_not_do_is_refused() {
        ModelInferRequest.Builder classes = fraud().addOutputs(ModelInferRequest.InferRequestedOutputTensor.newBuilder()
                .setName("score")
                .putParameters(
                        "classification",
                        InferParameter.newBuilder().setInt64Param(3).build()));

        ModelInferResponse.InferOutputTensor output =
                service.modelInfer(classes.build()).getOutputs(0);

        assertThat(output.getDatatype()).isEqualTo("BYTES");
        assertThat(output.getShapeList()).containsExactly(1L, 1L);
        assertThat(output.getContents().getBytesContents(0).toStringUtf8()).matches("0\\.\\d{6}:0");
        assertThatThrownBy(() -> service.modelInfer(fraud().putParameters(
                                "sequence_id",
                                InferParameter.newBuilder().setInt64Param(3).build())
                        .build()))
                .satisfies(is(Status.Code.INVALID_ARGUMENT, "'sequence_id' is of an extension"));
        assertThatThrownBy(() -> service.modelInfer(fraud().putParameters(
                                "timeout",
                                InferParameter.newBuilder().setInt64Param(1).build())
                        .build()))
                .satisfies(is(Status.Code.DEADLINE_EXCEEDED, "time that the request had is over"));
    }

    static Stream<Arguments> contents() {
        InferTensorContents.Builder none = InferTensorContents.newBuilder();
        return Stream.of(
                arguments("BOOL", none.clone().addBoolContents(true).build()),
                arguments("UINT8", none.clone().addUintContents(255).build()),
                arguments("UINT16", none.clone().addUintContents(65_535).build()),
                arguments("UINT32", none.clone().addUintContents(-1).build()),
                arguments("UINT64", none.clone().addUint64Contents(-1).build()),
                arguments("INT8", none.clone().addIntContents(-128).build()),
                arguments("INT16", none.clone().addIntContents(-32_768).build()),
                arguments(
                        "INT32", none.clone().addIntContents(Integer.MIN_VALUE).build()),
                arguments("INT64", none.clone().addInt64Contents(Long.MIN_VALUE).build()),
                arguments("FP32", none.clone().addFp32Contents(Float.NaN).build()),
                arguments("FP64", none.clone().addFp64Contents(0.1).build()),
                arguments(
                        "BYTES",
                        none.clone()
                                .addBytesContents(ByteString.copyFromUtf8("\u00fc\ud83d\ude00"))
                                .build()));
    }

    @Test
    void each_type_goes_in_and_comes_out_as_raw_contents() {
        ModelInferResponse answer = service.modelInfer(everyType(false).build());

        assertThat(answer.getRawOutputContentsList()).isEqualTo(everyType(false).getRawInputContentsList());
        assertThat(answer.getOutputsList()).noneMatch(ModelInferResponse.InferOutputTensor::hasContents);
    }

    @Test
    void messages_may_be_zipped_as_the_server_can_unzip_them() {
        assertThat(service.withCompression("gzip").modelInfer(fraud().build()).getModelVersion())
                .isEqualTo("1");

        CompressorRegistry deflating = CompressorRegistry.newEmptyInstance();
        deflating.register(new Deflate());
        ManagedChannel other = ManagedChannelBuilder.forAddress("localhost", RestAssured.port)
                .usePlaintext()
                .compressorRegistry(deflating)
                .build();
        try {
            var zipping = GRPCInferenceServiceGrpc.newBlockingStub(other).withCompression("deflate");
            assertThatThrownBy(() -> zipping.modelInfer(fraud().build()))
                    .satisfies(is(Status.Code.UNIMPLEMENTED, "zipped by gzip, and by nothing else"));
        } finally {
            other.shutdownNow();
        }
    }

    private static final class Deflate implements Compressor {
        @Override
        public String getMessageEncoding() {
            return "deflate";
        }

        @Override
        public OutputStream compress(OutputStream out) {
            return new DeflaterOutputStream(out);
        }
    }

    @Test
    void empty_contents_beside_raw_ones_are_none() {
        ModelInferRequest.Builder request = everyType(false);
        request.getInputsBuilderList().forEach(input -> input.setContents(InferTensorContents.getDefaultInstance()));

        assertThat(service.modelInfer(request.build()).getRawOutputContentsList())
                .isEqualTo(request.getRawInputContentsList());
    }

    @Test
    void floats_of_16_bits_have_no_typed_contents() {
        assertThatThrownBy(() -> service.modelInfer(everyType(true).build()))
                .satisfies(is(Status.Code.INVALID_ARGUMENT, "FP16, which typed contents have no field for"));
    }

    @ParameterizedTest
    @MethodSource("contents")
    void typed_contents_are_what_their_bytes_are(String type, InferTensorContents contents) {
        var tensor = TensorContents.read(
                "x", dev.millrace.model.inference.DataType.named(type).orElseThrow(), new long[] {1}, contents);

        assertThat(TensorContents.write(tensor)).isEqualTo(contents);
        assertThat(TensorContents.write(TensorBytes.read(
                        "x", tensor.type(), new long[] {1}, java.nio.ByteBuffer.wrap(TensorBytes.write(tensor)))))
                .isEqualTo(contents);
    }

    @Test
    void a_text_and_numbers_go_to_named_inputs() {
        ModelInferRequest request = ModelInferRequest.newBuilder()
                .setModelName("countries")
                .addInputs(input("amount", "FP32", 1, 1)
                        .setContents(InferTensorContents.newBuilder().addFp32Contents(120)))
                .addInputs(input("hour", "INT64", 1, 1)
                        .setContents(InferTensorContents.newBuilder().addInt64Contents(3)))
                .addInputs(input("country", "BYTES", 1, 1)
                        .setContents(InferTensorContents.newBuilder().addBytesContents(ByteString.copyFromUtf8("fr"))))
                .addOutputs(ModelInferRequest.InferRequestedOutputTensor.newBuilder()
                        .setName("output_probability"))
                .build();

        ModelInferResponse answer = service.modelInfer(request);

        assertThat(answer.getOutputsList()).hasSize(1);
        assertThat(answer.getOutputs(0).getContents().getFp32ContentsList()).hasSize(2);
    }

    static Stream<Arguments> mistakes() {
        ModelInferRequest.Builder fraud = fraud();
        return Stream.of(
                arguments(fraud.clone().setModelName("x").build(), Status.Code.NOT_FOUND, "there is no model 'x'"),
                arguments(fraud.clone().setModelVersion("9").build(), Status.Code.NOT_FOUND, "no version '9'"),
                arguments(
                        fraud.clone().setModelName("lookup").build(),
                        Status.Code.UNAVAILABLE,
                        "no version that can be used now"),
                arguments(fraud.clone().clearInputs().build(), Status.Code.INVALID_ARGUMENT, "'features' is missing"),
                arguments(
                        fraud.clone().addInputs(fraud.getInputs(0)).build(),
                        Status.Code.INVALID_ARGUMENT,
                        "is there twice"),
                arguments(
                        fraud.clone().addRawInputContents(ByteString.EMPTY).build(),
                        Status.Code.INVALID_ARGUMENT,
                        "only one may be there"),
                arguments(
                        fraud.clone()
                                .addRawInputContents(ByteString.EMPTY)
                                .addRawInputContents(ByteString.EMPTY)
                                .build(),
                        Status.Code.INVALID_ARGUMENT,
                        "expected raw_input_contents for each of 1 inputs, got 2"),
                arguments(
                        fraud.clone()
                                .setInputs(0, input("features", "FP32", 1, 5))
                                .addRawInputContents(ByteString.copyFrom(new byte[16]))
                                .build(),
                        Status.Code.INVALID_ARGUMENT,
                        "expected 20 bytes"),
                arguments(
                        fraud.clone().setInputs(0, input("x", "FP32", 1, 5)).build(),
                        Status.Code.INVALID_ARGUMENT,
                        "no input 'x'"),
                arguments(
                        fraud.clone()
                                .setInputs(0, input("features", "INT8", 1, 5))
                                .build(),
                        Status.Code.INVALID_ARGUMENT,
                        "is FP32, not 'INT8'"),
                arguments(
                        fraud.clone()
                                .setInputs(0, input("features", "FP32", 1, 4))
                                .build(),
                        Status.Code.INVALID_ARGUMENT,
                        "takes the shape [-1, 5]"),
                arguments(
                        fraud.clone()
                                .setInputs(0, input("features", "FP32", 1, 5))
                                .build(),
                        Status.Code.INVALID_ARGUMENT,
                        "its shape has 5 elements, and its contents of FP32 0"),
                arguments(
                        fraud.clone()
                                .addOutputs(ModelInferRequest.InferRequestedOutputTensor.newBuilder()
                                        .setName("x"))
                                .build(),
                        Status.Code.INVALID_ARGUMENT,
                        "has no output 'x'"),
                arguments(
                        ModelInferRequest.newBuilder()
                                .setModelName("lookup")
                                .setModelVersion("1")
                                .addInputs(input("features", "FP32", 1, 1)
                                        .setContents(
                                                InferTensorContents.newBuilder().addFp32Contents(99)))
                                .build(),
                        Status.Code.INVALID_ARGUMENT,
                        "fails on these inputs"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void says_what_is_wrong(ModelInferRequest request, Status.Code code, String message) {
        assertThatThrownBy(() -> service.modelInfer(request)).satisfies(is(code, message));
    }

    @Test
    void a_deadline_that_has_passed_is_said() {
        assertThatThrownBy(() ->
                        service.withDeadlineAfter(-1, TimeUnit.MILLISECONDS).modelInfer(fraud().build()))
                .satisfies(is(Status.Code.DEADLINE_EXCEEDED, ""));
    }

    private boolean ready(String name, String version) {
        return service.modelReady(ModelReadyRequest.newBuilder()
                        .setName(name)
                        .setVersion(version)
                        .build())
                .getReady();
    }

    private static ModelInferRequest.Builder fraud() {
        return ModelInferRequest.newBuilder()
                .setModelName("card-fraud")
                .addInputs(input("features", "FP32", 1, 5)
                        .setContents(
                                InferTensorContents.newBuilder().addAllFp32Contents(List.of(310f, 0f, 1f, 5.7f, 3f))));
    }

    /** One row of each type, raw or, for the float of 16 bits, typed. */
    private static ModelInferRequest.Builder everyType(boolean typed) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName("every-type");
        for (String type : TinyOnnx.TYPES.keySet()) {
            request.addInputs(input("in_" + type, type, 1, 1));
            request.addOutputs(
                    ModelInferRequest.InferRequestedOutputTensor.newBuilder().setName("out_" + type));
            if (!typed) {
                byte[] bytes = type.equals("BYTES")
                        ? new byte[] {1, 0, 0, 0, 'a'}
                        : new byte
                                [dev.millrace.model.inference.DataType.named(type)
                                        .orElseThrow()
                                        .size()];
                bytes[0] = 1;
                request.addRawInputContents(ByteString.copyFrom(bytes));
            }
        }
        return typed ? request.setInputs(0, request.getInputs(9)) : request;
    }

    private static ModelInferRequest.InferInputTensor.Builder input(String name, String type, long... shape) {
        ModelInferRequest.InferInputTensor.Builder input =
                ModelInferRequest.InferInputTensor.newBuilder().setName(name).setDatatype(type);
        for (long dimension : shape) {
            input.addShape(dimension);
        }
        return input;
    }

    private static java.util.function.Consumer<Throwable> is(Status.Code code, String message) {
        return thrown -> {
            assertThat(thrown).isInstanceOf(StatusRuntimeException.class);
            assertThat(((StatusRuntimeException) thrown).getStatus().getCode())
                    .as(thrown.getMessage())
                    .isEqualTo(code);
            assertThat(thrown.getMessage()).contains(message);
        };
    }
}
