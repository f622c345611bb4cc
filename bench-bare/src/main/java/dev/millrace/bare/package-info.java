/** A request comes in and an answer of the same size as that of {@code /predict} goes out; nothing is computed. */
package dev.millrace.bare;
