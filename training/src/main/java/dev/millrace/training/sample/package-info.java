/** Events, labels and transactions come in; labelled rows of features, as they were known at the time, go out. */
package dev.millrace.training.sample;
