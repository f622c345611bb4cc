/** Which models there are: a folder of versions and aliases comes in, loaded models go out. */
package dev.millrace.model.registry;
