/** Raw events come in; clean events, or rejections, go out, exactly once. */
package dev.millrace.transform;
