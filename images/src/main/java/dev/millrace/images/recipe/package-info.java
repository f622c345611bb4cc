/** What is in each image and how it is started. What was built comes in; layers, an entry point and an environment go out. */
package dev.millrace.images.recipe;
