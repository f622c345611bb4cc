package dev.millrace.model.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.millrace.model.inference.Deadline;
import dev.millrace.model.inference.Tensor;
import dev.millrace.model.inference.TensorSpec;
import dev.millrace.model.predict.PredictSettings;
import dev.millrace.model.protocol.grpc.GRPCInferenceService;
import dev.millrace.model.protocol.grpc.InferParameter;
import dev.millrace.model.protocol.grpc.ModelInferRequest;
import dev.millrace.model.protocol.grpc.ModelInferResponse;
import dev.millrace.model.protocol.grpc.ModelMetadataRequest;
import dev.millrace.model.protocol.grpc.ModelMetadataResponse;
import dev.millrace.model.protocol.grpc.ModelReadyRequest;
import dev.millrace.model.protocol.grpc.ModelReadyResponse;
import dev.millrace.model.protocol.grpc.ServerLiveRequest;
import dev.millrace.model.protocol.grpc.ServerLiveResponse;
import dev.millrace.model.protocol.grpc.ServerMetadataRequest;
import dev.millrace.model.protocol.grpc.ServerMetadataResponse;
import dev.millrace.model.protocol.grpc.ServerReadyRequest;
import dev.millrace.model.protocol.grpc.ServerReadyResponse;
import dev.millrace.model.registry.Model;
import io.grpc.Context;
import io.grpc.Status;
import io.quarkus.grpc.GrpcService;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.health.SmallRyeHealthReporter;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The Open Inference Protocol V2 over gRPC. A request with raw contents is answered with raw contents, one with typed contents
 * with typed ones, unless an output has a type that these have no field for.
 */
@GrpcService
@Blocking
public class ProtocolGrpc implements GRPCInferenceService {
    private static final String ROUTE = "grpc";

    private final Inference inference;
    private final PredictSettings predict;
    private final SmallRyeHealthReporter health;
    private final ServerName server;

    ProtocolGrpc(Inference inference, PredictSettings predict, SmallRyeHealthReporter health, ServerName server) {
        this.inference = inference;
        this.predict = predict;
        this.health = health;
        this.server = server;
    }

    @Override
    public Uni<ServerLiveResponse> serverLive(ServerLiveRequest request) {
        return Uni.createFrom()
                .item(ServerLiveResponse.newBuilder().setLive(true).build());
    }

    @Override
    public Uni<ServerReadyResponse> serverReady(ServerReadyRequest request) {
        return Uni.createFrom()
                .item(ServerReadyResponse.newBuilder()
                        .setReady(!health.getReadiness().isDown())
                        .build());
    }

    @Override
    public Uni<ServerMetadataResponse> serverMetadata(ServerMetadataRequest request) {
        return Uni.createFrom()
                .item(ServerMetadataResponse.newBuilder()
                        .setName(server.name())
                        .setVersion(server.version())
                        .addAllExtensions(ServerName.EXTENSIONS)
                        .build());
    }

    @Override
    public Uni<ModelReadyResponse> modelReady(ModelReadyRequest request) {
        return answer(() -> {
            boolean ready;
            try {
                ready = inference.with(request.getName(), version(request.getVersion()), model -> true);
            } catch (Refusal refusal) {
                if (refusal.kind() != Refusal.Kind.UNAVAILABLE) {
                    throw refusal;
                }
                ready = false;
            }
            return ModelReadyResponse.newBuilder().setReady(ready).build();
        });
    }

    @Override
    public Uni<ModelMetadataResponse> modelMetadata(ModelMetadataRequest request) {
        return answer(() -> inference.with(request.getName(), version(request.getVersion()), this::metadata));
    }

    @Override
    public Uni<ModelInferResponse> modelInfer(ModelInferRequest request) {
        Deadline deadline = deadline();
        return answer(() -> inference.answer(
                request.getModelName(),
                version(request.getModelVersion()),
                () -> place(request),
                turn -> infer(turn, request, deadline)));
    }

    private static <T> Uni<T> answer(Supplier<T> answer) {
        try {
            return Uni.createFrom().item(answer.get());
        } catch (Refusal refusal) {
            return Uni.createFrom()
                    .failure(status(refusal.kind())
                            .withDescription(refusal.getMessage())
                            .asRuntimeException());
        }
    }

    private static Status status(Refusal.Kind kind) {
        return switch (kind) {
            case INVALID, FAILED, TOO_LARGE -> Status.INVALID_ARGUMENT;
            case UNKNOWN -> Status.NOT_FOUND;
            case BUSY, UNAVAILABLE -> Status.UNAVAILABLE;
            case LATE -> Status.DEADLINE_EXCEEDED;
        };
    }

    private static Optional<String> version(String version) {
        return version.isEmpty() ? Optional.empty() : Optional.of(version);
    }

    private Deadline deadline() {
        io.grpc.Deadline said = Context.current().getDeadline();
        Duration time = said == null ? predict.timeout() : Duration.ofNanos(said.timeRemaining(TimeUnit.NANOSECONDS));
        return Deadline.in(time);
    }

    private ModelMetadataResponse metadata(Model model) {
        ModelMetadataResponse.Builder metadata = ModelMetadataResponse.newBuilder()
                .setName(model.description().name())
                .addAllVersions(inference.versions(model.description().name()))
                .setPlatform(ServerName.PLATFORM);
        model.graph().inputs().forEach(input -> metadata.addInputs(tensor(input)));
        model.graph().outputs().forEach(output -> metadata.addOutputs(tensor(output)));
        return metadata.build();
    }

    private static ModelMetadataResponse.TensorMetadata tensor(TensorSpec spec) {
        return ModelMetadataResponse.TensorMetadata.newBuilder()
                .setName(spec.name())
                .setDatatype(spec.type().name())
                .addAllShape(spec.shape())
                .build();
    }

    private static Inference.Place place(ModelInferRequest request) {
        InferParameter key = request.getParametersOrDefault(RequestReader.KEY, InferParameter.getDefaultInstance());
        Optional<String> text = switch (key.getParameterChoiceCase()) {
            case STRING_PARAM -> Optional.of(key.getStringParam());
            case INT64_PARAM -> Optional.of(Long.toString(key.getInt64Param()));
            case UINT64_PARAM -> Optional.of(Long.toUnsignedString(key.getUint64Param()));
            default -> Optional.empty();
        };
        return new Inference.Place(text, Optional.of(request.getId()).filter(id -> !id.isEmpty()));
    }

    private ModelInferResponse infer(Turn turn, ModelInferRequest request, Deadline deadline) {
        Model model = turn.model();
        requireKnown("the request", request.getParametersMap());
        Map<String, Tensor> inputs = inputs(model, request);
        List<String> wanted = wanted(model, request);
        Map<String, Tensor> outputs =
                inference.infer(turn, inputs, wanted, deadline.orSooner(timeoutMicros(request)), ROUTE);
        Classification.apply(outputs, classes(request), model.graph().takesRows());
        boolean raw = request.getRawInputContentsCount() > 0
                || outputs.values().stream().anyMatch(tensor -> !TensorContents.hasField(tensor.type()));
        ModelInferResponse.Builder answer = ModelInferResponse.newBuilder()
                .setModelName(model.description().name())
                .setModelVersion(model.description().version())
                .setId(request.getId());
        for (Map.Entry<String, Tensor> output : outputs.entrySet()) {
            Tensor tensor = output.getValue();
            ModelInferResponse.InferOutputTensor.Builder described = answer.addOutputsBuilder()
                    .setName(output.getKey())
                    .setDatatype(tensor.type().name());
            for (long dimension : tensor.shape()) {
                described.addShape(dimension);
            }
            if (raw) {
                answer.addRawOutputContents(UnsafeByteOperations.unsafeWrap(TensorBytes.write(tensor)));
            } else {
                described.setContents(TensorContents.write(tensor));
            }
        }
        return answer.build();
    }

    private static OptionalLong timeoutMicros(ModelInferRequest request) {
        long micros = request.getParametersOrDefault("timeout", InferParameter.getDefaultInstance())
                .getInt64Param();
        return micros > 0 ? OptionalLong.of(micros) : OptionalLong.empty();
    }

    private static Map<String, Integer> classes(ModelInferRequest request) {
        Map<String, Integer> classes = new HashMap<>();
        for (ModelInferRequest.InferRequestedOutputTensor output : request.getOutputsList()) {
            InferParameter asked = output.getParametersMap().get("classification");
            if (asked != null) {
                long count = asked.hasInt64Param() ? asked.getInt64Param() : -1;
                Classification.classes(output.getName(), count)
                        .ifPresent(known -> classes.put(output.getName(), known));
            }
        }
        return classes;
    }

    private static void requireKnown(String whose, Map<String, InferParameter> parameters) {
        for (String name : RequestReader.UNSUPPORTED) {
            if (parameters.containsKey(name)) {
                throw RequestReader.unsupported(whose, name);
            }
        }
    }

    private static Map<String, Tensor> inputs(Model model, ModelInferRequest request) {
        int raw = request.getRawInputContentsCount();
        if (raw > 0 && raw != request.getInputsCount()) {
            throw Refusal.invalid(
                    "expected raw_input_contents for each of " + request.getInputsCount() + " inputs, got " + raw);
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < request.getInputsCount(); i++) {
            ModelInferRequest.InferInputTensor input = request.getInputs(i);
            // MLServer's client sends contents with nothing in them beside the raw ones.
            if (raw > 0 && input.getContents().getSerializedSize() > 0) {
                throw Refusal.invalid("input " + Quoted.of(input.getName())
                        + " has contents and raw_input_contents, and only one may be there");
            }
            TensorSpec spec = Inference.input(model, input.getName());
            requireKnown("input '" + spec.name() + "'", input.getParametersMap());
            long[] shape = new long[input.getShapeCount()];
            for (int dimension = 0; dimension < shape.length; dimension++) {
                shape[dimension] = input.getShape(dimension);
            }
            Inference.requireFit(spec, input.getDatatype(), shape);
            Tensor tensor = raw > 0
                    ? TensorBytes.read(spec.name(), spec.type(), shape, bytes(request.getRawInputContents(i)))
                    : TensorContents.read(spec.name(), spec.type(), shape, input.getContents());
            if (tensors.put(spec.name(), tensor) != null) {
                throw Refusal.invalid("input '" + spec.name() + "' is there twice");
            }
        }
        return tensors;
    }

    private static java.nio.ByteBuffer bytes(ByteString bytes) {
        return bytes.asReadOnlyByteBuffer();
    }

    private static List<String> wanted(Model model, ModelInferRequest request) {
        Set<String> names = new LinkedHashSet<>();
        for (ModelInferRequest.InferRequestedOutputTensor output : request.getOutputsList()) {
            requireKnown("output " + Quoted.of(output.getName()), output.getParametersMap());
            if (!names.add(output.getName())) {
                throw Refusal.invalid("output " + Quoted.of(output.getName()) + " is asked for twice");
            }
        }
        Inference.requireOutputs(model, names);
        return new ArrayList<>(names);
    }
}
