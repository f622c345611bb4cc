/** Samples and a split come in; tested models, each with its file, calibration and measures, go out. */
package dev.millrace.training.fit;
