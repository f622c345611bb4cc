/**
 * What an image stands on: a tar of an image, or a JDK of this machine, comes in. One image in one form goes out, with its
 * files unpacked beside it to be looked into.
 */
package dev.millrace.images.base;
