/**
 * The one transaction that a batch is. Encoded batches come in; rows, dimension rows, rejections and offsets are committed
 * together or not at all.
 */
package dev.millrace.load.warehouse;
