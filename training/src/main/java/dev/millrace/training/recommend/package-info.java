/** What users did with items comes in; lists of what they may want next, and how good these are, go out. */
package dev.millrace.training.recommend;
