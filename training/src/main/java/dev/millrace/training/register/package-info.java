/** Tested models come in; versions in the registry go out, champions where the declared gates hold. */
package dev.millrace.training.register;
