package dev.millrace.model.inference;

import ai.onnxruntime.MapInfo;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtUtil;
import ai.onnxruntime.SequenceInfo;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A graph in ONNX Runtime, whatever its inputs and outputs. Native memory is freed with every call; the session's when its
 * owner has closed the model and nobody uses it any more. Thread-safe; parallelism comes from the callers.
 *
 * <p>Who found the model where it may be unloaded at any time calls {@link #acquire} first, and {@link #release} when done.
 */
public final class OnnxModel implements AutoCloseable {
    /** Inputs up to this size are handed over in memory that the thread keeps, because making direct buffers is slow. */
    private static final int KEPT = 64 * 1024;

    private static final ThreadLocal<ByteBuffer> SCRATCH =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(KEPT).order(ByteOrder.nativeOrder()));

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    /** Its owner is one. */
    private final AtomicInteger users = new AtomicInteger(1);

    private final AtomicBoolean closed = new AtomicBoolean();
    private final boolean takesRows;
    private final RunQueue queue = new RunQueue(this);

    private OnnxModel(OrtEnvironment environment, OrtSession session) throws OrtException {
        this.environment = environment;
        this.session = session;
        this.inputs = specs(session.getInputInfo(), "input");
        this.outputs = specs(session.getOutputInfo(), "output");
        this.takesRows = !inputs.isEmpty() && inputs.stream().allMatch(TensorSpec::takesRows);
    }

    /**
     * Loads a model.
     *
     * @param onnx the model's bytes
     * @throws OrtException if it is no ONNX model, or has inputs or outputs of types that can not be handed over
     */
    public static OnnxModel load(byte[] onnx) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            // Small models: a pool of threads that spin would cost more than it gives.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            // What fails is an exception, and said by whoever catches it: a client's wrong rows are no lines of the
            // log. And
            // LightGBM's exporter declares one label, whatever the rows, so that each call would be a warning.
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            OrtSession session = environment.createSession(onnx, options);
            try {
                return new OnnxModel(environment, session);
            } catch (OrtException | RuntimeException e) {
                session.close();
                throw e;
            }
        }
    }

    private static List<TensorSpec> specs(Map<String, NodeInfo> nodes, String kind) throws OrtException {
        List<TensorSpec> specs = new ArrayList<>();
        for (NodeInfo node : nodes.values()) {
            specs.add(spec(node.getName(), node.getInfo())
                    .orElseThrow(() ->
                            new OrtException(kind + " '" + node.getName() + "' is no tensor: " + node.getInfo())));
        }
        return List.copyOf(specs);
    }

    private static Optional<TensorSpec> spec(String name, ValueInfo info) {
        if (info instanceof TensorInfo tensor) {
            return DataType.of(tensor.onnxType)
                    .map(type -> new TensorSpec(
                            name,
                            type,
                            Arrays.stream(tensor.getShape())
                                    .map(dimension -> Math.max(-1, dimension))
                                    .boxed()
                                    .toList()));
        }
        if (info instanceof SequenceInfo sequence && sequence.isSequenceOfMaps()) {
            MapInfo map = sequence.mapInfo;
            boolean classes = map.valueType == OnnxJavaType.FLOAT
                    && (map.keyType == OnnxJavaType.INT64 || map.keyType == OnnxJavaType.STRING);
            return classes ? Optional.of(new TensorSpec(name, DataType.FP32, List.of(-1L, -1L))) : Optional.empty();
        }
        return Optional.empty();
    }

    /** What its author wrote into the file under that name; empty if nothing. */
    public Optional<String> note(String name) throws OrtException {
        return session.getMetadata().getCustomMetadataValue(name);
    }

    /** What the graph takes, in its order. */
    public List<TensorSpec> inputs() {
        return inputs;
    }

    /** What the graph gives, in its order. A map of classes a row is said to be, and is given as, rows × classes. */
    public List<TensorSpec> outputs() {
        return outputs;
    }

    /** Whether it takes any number of rows at once, in every input. */
    public boolean takesRows() {
        return takesRows;
    }

    /** Who waits for it. */
    RunQueue queue() {
        return queue;
    }

    /**
     * Keeps the model from being unloaded until {@link #release} is called as often.
     *
     * @return false if it was closed and is unloaded, or about to be; there is then nothing to release
     */
    public boolean acquire() {
        int now = users.get();
        while (now > 0 && !users.compareAndSet(now, now + 1)) {
            now = users.get();
        }
        return now > 0;
    }

    /** Says that one of those who called {@link #acquire} is done. */
    public void release() {
        if (users.decrementAndGet() == 0) {
            unload();
        }
    }

    /** Unloads the model as soon as nobody uses it. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release();
        }
    }

    private void unload() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("a session that is open can be closed", e);
        }
    }

    /**
     * Runs the graph.
     *
     * @param given a tensor for each input, of its type and shape
     * @param wanted the names of the outputs that are wanted
     * @return the outputs, in the order in which they are wanted
     * @throws OrtException if the graph fails on these inputs
     * @throws IllegalStateException if it was unloaded
     */
    public List<Tensor> run(Map<String, Tensor> given, List<String> wanted) throws OrtException {
        if (!acquire()) {
            throw new IllegalStateException("the model was unloaded");
        }
        Map<String, OnnxTensor> handed = new LinkedHashMap<>();
        try {
            ByteBuffer scratch = SCRATCH.get().clear();
            for (Map.Entry<String, Tensor> input : given.entrySet()) {
                handed.put(input.getKey(), handOver(input.getValue(), scratch));
            }
            Set<String> names = wanted.size() == 1 ? Set.of(wanted.get(0)) : new LinkedHashSet<>(wanted);
            try (OrtSession.Result result = session.run(handed, names)) {
                List<Tensor> taken = new ArrayList<>(wanted.size());
                for (String name : wanted) {
                    taken.add(take(result.get(name).orElseThrow()));
                }
                return taken;
            }
        } finally {
            handed.values().forEach(OnnxTensor::close);
            release();
        }
    }

    private OnnxTensor handOver(Tensor tensor, ByteBuffer scratch) throws OrtException {
        if (tensor instanceof Tensor.Texts texts) {
            return OnnxTensor.createTensor(environment, texts.values(), texts.shape());
        }
        DataType type = tensor.type();
        OnnxTensor handed = OnnxTensor.createTensor(
                environment, direct(((Tensor.Fixed) tensor).data(), scratch), tensor.shape(), type.runtimeType());
        return type.isWideUnsigned() ? UnsignedCast.cast(environment, handed, type) : handed;
    }

    /** The bytes in native memory: a slice of the scratch, if they fit. */
    private static ByteBuffer direct(ByteBuffer data, ByteBuffer scratch) {
        ByteBuffer source = data.duplicate().clear().limit(data.limit());
        if (source.isDirect()) {
            return source.order(ByteOrder.nativeOrder());
        }
        // The next slice begins where any type may begin.
        int end = scratch.position() + (source.limit() + 15 & ~15);
        ByteBuffer target;
        if (end <= scratch.capacity()) {
            target = scratch.slice(scratch.position(), source.limit());
            scratch.position(end);
        } else {
            target = ByteBuffer.allocateDirect(source.limit());
        }
        return target.order(ByteOrder.nativeOrder()).put(source).flip();
    }

    private static Tensor take(OnnxValue value) throws OrtException {
        if (value instanceof OnnxSequence sequence) {
            return ClassMaps.probabilities(sequence);
        }
        OnnxTensor tensor = (OnnxTensor) value;
        long[] shape = tensor.getInfo().getShape();
        if (tensor.getInfo().type == OnnxJavaType.STRING) {
            Object texts = tensor.getValue();
            return new Tensor.Texts(
                    shape, texts instanceof String text ? new String[] {text} : OrtUtil.flattenString(texts));
        }
        DataType type = DataType.of(tensor.getInfo().onnxType)
                .orElseThrow(() -> new OrtException("an output's type can not be read: " + tensor.getInfo()));
        return new Tensor.Fixed(type, shape, tensor.getByteBuffer());
    }
}
