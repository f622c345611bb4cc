/**
 * What happens to one event between {@code raw} and {@code clean}: checks and derived fields. A row comes in; a clean row
 * or a reason goes out. The same code runs in the stream and behind {@code /predict}.
 */
package dev.millrace.pipeline.transform;
