/** Who of a model's versions answers which input, and who only watches. Rows come in; routes go out, and word of each prediction. */
package dev.millrace.model.traffic;
