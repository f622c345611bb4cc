package dev.millrace.bare;

import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.util.List;
import java.util.Map;

/** Written as one writes an endpoint first: a record in, a record out, on a worker thread as is the framework's default. */
@Path("/predict")
public class BareResource {
    /** What is sent to {@code /predict}. */
    public record Request(String model, List<Map<String, Object>> inputs) {}

    /** What {@code /predict} answers. */
    public record Answer(
            String model, String version, String reasons_method, String reasons_scale, List<Prediction> predictions) {}

    /** One prediction. */
    public record Prediction(double score, String label, List<Reason> reasons) {}

    /** One reason. */
    public record Reason(String feature, double effect) {}

    /** Answers with as many predictions as there are inputs, all of them the same. */
    @POST
    public Answer predict(Request request) {
        List<Prediction> predictions = request.inputs().stream()
                .map(input -> new Prediction(
                        0.8932141065597534,
                        "fraud",
                        List.of(
                                new Reason("tx_amount", 0.7412315011024475),
                                new Reason("tx_hour", 0.0132154226303100),
                                new Reason("tx_weekday", -0.0021457672119140))))
                .toList();
        return new Answer(request.model(), "1", "tree_shap", "log_odds", predictions);
    }
}
