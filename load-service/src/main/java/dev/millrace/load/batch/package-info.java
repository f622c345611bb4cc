/**
 * Records on their way to becoming rows. Kafka records come in; bytes in PostgreSQL's binary COPY format, and rejections,
 * go out.
 */
package dev.millrace.load.batch;
