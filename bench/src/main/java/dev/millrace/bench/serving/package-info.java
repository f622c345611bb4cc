/** {@code /predict} under load, beside an endpoint that computes nothing and a loop that does nothing but compute. */
package dev.millrace.bench.serving;
