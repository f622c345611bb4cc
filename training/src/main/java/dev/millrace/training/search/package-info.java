/** Candidates come in; the best of each kind goes out, by weeks that lie before those that will test it. */
package dev.millrace.training.search;
