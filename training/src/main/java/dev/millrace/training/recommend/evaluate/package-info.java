/** Recommenders and histories of which the end is held back come in; how well that end is foreseen goes out. */
package dev.millrace.training.recommend.evaluate;
