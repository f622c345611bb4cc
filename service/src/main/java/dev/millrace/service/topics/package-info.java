/** The topics on the broker: a pipeline's names come in, existing topics come out. */
package dev.millrace.service.topics;
