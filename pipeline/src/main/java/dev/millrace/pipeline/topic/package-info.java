/** The names of a pipeline's topics, and what a topic's name says. */
package dev.millrace.pipeline.topic;
