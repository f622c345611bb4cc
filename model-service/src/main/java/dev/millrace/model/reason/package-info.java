/** Why a model gives a score: its graph comes in, and for a row of features each one's exact part in the score goes out. */
package dev.millrace.model.reason;
