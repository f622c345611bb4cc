package dev.millrace.model.predict;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What {@code /predict} answers: of a model that scores, predictions; of one that recommends, lists. */
@Schema(oneOf = {PredictAnswer.class, RecommendAnswer.class})
public sealed interface Answer permits PredictAnswer, RecommendAnswer {}
