/** Scores of rows that nothing was learned from come in; how good they are goes out. */
package dev.millrace.training.evaluate;
