package dev.millrace.model.traffic;

import java.util.Locale;

/** As what a version made a prediction. */
public enum Route {
    /** As the model itself: the version that the declared alias stands for. */
    MAIN,
    /** For keys that are the canary's. */
    CANARY,
    /** For nobody: to be compared. */
    SHADOW,
    /** In place of the model, which failed or is not there. */
    FALLBACK;

    /** Its name in answers, records and the warehouse. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its name in metrics, where it tells how the prediction was asked for as well. */
    public String metric(String asked) {
        return this == MAIN ? asked : asked + "-" + label();
    }
}
