/** The card-fraud example end to end. A stack that runs comes in; transactions go through it and a summary comes out. */
package dev.millrace.local.demo;
