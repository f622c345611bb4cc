/** Labelled events go through a whole stack as they once came; models are trained from its warehouse and judged by its scores. */
package dev.millrace.rehearsal;
