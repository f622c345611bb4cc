/** Drift comes in; where a pipeline declares it, a training is started, once for all replicas. */
package dev.millrace.model.retraining;
