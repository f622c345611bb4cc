/** Facts with their scores, and the labels that came since, come in; how good models turned out to be goes out, as metrics. */
package dev.millrace.load.quality;
