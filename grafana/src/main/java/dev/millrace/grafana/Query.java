package dev.millrace.grafana;

/**
 * A question to Prometheus. In it {@code @} stands for the matchers of the board's variables: namespace, job and instance,
 * and the pipeline where the board has one; {@code @@} for the first three alone.
 *
 * @param expression the question
 * @param legend what a line is called
 */
record Query(String expression, String legend) {
    private static final String OF_PROCESSES = "namespace=~\"$namespace\",job=~\"$job\",instance=~\"$instance\"";

    String expanded(boolean byPipeline) {
        String all = byPipeline ? OF_PROCESSES + ",pipeline=~\"$pipeline\"" : OF_PROCESSES;
        return expression.replace("@@", OF_PROCESSES).replace("@", all);
    }
}
