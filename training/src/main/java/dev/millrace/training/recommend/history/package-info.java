/** Files of ratings come in; what each user chose, in the order of time, goes out. */
package dev.millrace.training.recommend.history;
