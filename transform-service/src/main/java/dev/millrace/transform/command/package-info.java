/**
 * The commands of a pipeline's author, without a broker: a declaration and a file of events come in. What the topology is
 * made of, or what it does with each event, goes out as text.
 */
package dev.millrace.transform.command;
