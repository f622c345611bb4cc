/** What may be learned from comes in; the recommenders whose settings foresee its own end best go out. */
package dev.millrace.training.recommend.search;
