/**
 * One worker a pipeline. Pipelines come and go; each one's topic is read, batched and loaded on two threads of its own, and
 * what was refused is sent to its rejected topic.
 */
package dev.millrace.load.worker;
