/** What a user chose comes in; ranked items of a version's catalogue go out, each with the item that it is because of. */
package dev.millrace.model.recommend;
