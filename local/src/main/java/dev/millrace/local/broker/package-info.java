/** Kafka on one machine: a folder and a port come in, a running broker comes out. */
package dev.millrace.local.broker;
