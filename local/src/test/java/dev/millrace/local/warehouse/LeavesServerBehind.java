package dev.millrace.local.warehouse;

import java.nio.file.Path;

/** A program that starts a server in the folder it is told and dies without ending it. */
public final class LeavesServerBehind {
    private LeavesServerBehind() {}

    /** Prints the port. */
    public static void main(String[] arguments) {
        System.out.println(PostgresServer.start(Path.of(arguments[0]), 0).port());
        System.out.flush();
        Runtime.getRuntime().halt(1);
    }
}
