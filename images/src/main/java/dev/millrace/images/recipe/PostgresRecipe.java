package dev.millrace.images.recipe;

import dev.millrace.images.base.BaseException;
import dev.millrace.images.base.BaseImage;
import dev.millrace.images.base.FileTree;
import dev.millrace.local.tryout.InitdbShell;
import dev.millrace.local.tryout.PostgresMain;
import dev.millrace.local.warehouse.PostgresPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A single PostgreSQL server for trying out. */
public final class PostgresRecipe {
    private static final String SHELL_OPTIONS = Recipe.HOME + "/sh.options";

    private PostgresRecipe() {}

    /**
     * The recipe.
     *
     * @param home the folder of the sources
     * @param base what the image stands on: it may have a shell or not
     * @param work a folder for what is made on the way
     */
    public static Recipe of(Path home, BaseImage base, Path work) throws IOException {
        Path programs = work.resolve("postgres");
        FileTree.delete(programs);
        PostgresPrograms.unpack(programs);
        List<Layer> layers = new ArrayList<>();
        layers.add(Layer.of("postgres", programs, "/opt/postgres"));
        if (base.files().real("/bin/sh").isEmpty()) {
            layers.add(shell(base, work));
        }
        layers.add(LocalModule.layer(home));
        return new Recipe(
                "tryout-postgres",
                "PostgreSQL for trying Millrace out",
                "A single PostgreSQL server; not for production.",
                5432,
                List.of("-Xmx32m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                List.of("-cp", Recipe.HOME + "/app/local.jar", PostgresMain.class.getName()),
                Map.of(),
                layers,
                LocalModule.bom(home));
    }

    /** What initdb takes for a shell: a file that has java run the class. */
    private static Layer shell(BaseImage base, Path work) throws IOException {
        String java = base.java().orElseThrow(() -> new BaseException("the base has no java on its PATH"));
        String bin = base.files().real("/bin").orElse("/bin");
        Path script = Files.writeString(work.resolve("sh"), "#!" + java + " @" + SHELL_OPTIONS + "\n");
        Path options = Files.writeString(
                work.resolve("sh.options"),
                "-Xmx16m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp " + Recipe.HOME + "/app/local.jar "
                        + InitdbShell.class.getName() + "\n");
        return new Layer(
                "shell of initdb",
                List.of(new Layer.Entry(script, bin + "/sh", true, false), Layer.Entry.file(options, SHELL_OPTIONS)));
    }
}
