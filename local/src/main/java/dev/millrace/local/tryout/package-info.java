/**
 * Kafka and PostgreSQL for trying Millrace out on a cluster, as the foreground processes of containers without a shell.
 * The environment comes in; a broker or a database that serves until it is asked to end goes out.
 */
package dev.millrace.local.tryout;
