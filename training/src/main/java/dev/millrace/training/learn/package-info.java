/** Labelled rows come in; models that tell positive rows go out, by learners of well-kept libraries. */
package dev.millrace.training.learn;
