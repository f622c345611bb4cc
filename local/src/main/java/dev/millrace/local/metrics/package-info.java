/** The services' metrics, read back. The text of {@code /q/metrics} comes in; samples that can be summed go out. */
package dev.millrace.local.metrics;
