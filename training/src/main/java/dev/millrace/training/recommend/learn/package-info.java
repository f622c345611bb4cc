/** Histories come in; recommenders, which score every item for a history, go out. */
package dev.millrace.training.recommend.learn;
