/** Features and scores of each prediction come in; how far they are from those of training goes out, as metrics. */
package dev.millrace.model.drift;
