package dev.millrace.pipeline.declaration;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Reads a declaration from YAML 1.1. Everything that is wrong with a file is reported at once, with line and column:
 * its shape ({@link NodeBinder}), and its meaning ({@link DeclarationCheck}) as far as what is there can be understood.
 */
public final class DeclarationReader {
    private static final int MAX_CHARACTERS = 1_000_000;

    /** Enough for every field of an event to share one anchor. What is bound has a bounded depth, so it can not explode. */
    private static final int MAX_ALIASES = 200;

    private DeclarationReader() {}

    /**
     * The pipeline that the text declares.
     *
     * @param file the file's name, for messages
     * @throws InvalidDeclarationException if it has any mistake
     */
    public static PipelineDeclaration read(String file, String yaml) throws InvalidDeclarationException {
        Node root = compose(file, yaml);
        NodeBinder binder = new NodeBinder();
        PipelineDeclaration declaration = binder.bind(root, PipelineDeclaration.class);
        List<Finding> findings = new ArrayList<>(binder.findings());
        if (binder.isWhole("spec")) {
            findings.addAll(DeclarationCheck.check(declaration));
        }
        if (!findings.isEmpty()) {
            throw new InvalidDeclarationException(findings.stream()
                    .map(finding -> locate(file, finding, binder))
                    .sorted(Comparator.comparingInt(Mistake::line).thenComparingInt(Mistake::column))
                    .toList());
        }
        return declaration;
    }

    private static Node compose(String file, String yaml) throws InvalidDeclarationException {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setCodePointLimit(MAX_CHARACTERS);
        try {
            Node root = null;
            for (Node document : new Yaml(options).composeAll(new StringReader(yaml))) {
                if (root != null) {
                    throw only(file, document.getStartMark(), "expected one document, got a second one here");
                }
                root = document;
            }
            if (root == null) {
                throw only(file, null, "the file is empty; expected apiVersion, kind, metadata and spec");
            }
            return root;
        } catch (MarkedYAMLException e) {
            throw only(file, e.getProblemMark(), "not valid YAML: " + e.getProblem());
        } catch (ReaderException e) {
            throw at(
                    file,
                    position(yaml, e.getPosition()),
                    String.format("not valid YAML: the character U+%04X is not allowed", e.getCodePoint()));
        } catch (YAMLException e) {
            throw only(file, null, "not valid YAML: " + e.getMessage());
        }
    }

    private static InvalidDeclarationException only(String file, Mark mark, String message) {
        return at(
                file,
                mark == null
                        ? new NodeBinder.Position(1, 1)
                        : new NodeBinder.Position(mark.getLine() + 1, mark.getColumn() + 1),
                message);
    }

    private static InvalidDeclarationException at(String file, NodeBinder.Position position, String message) {
        return new InvalidDeclarationException(
                List.of(new Mistake(file, position.line(), position.column(), "", message, Optional.empty())));
    }

    private static NodeBinder.Position position(String yaml, int index) {
        String before = yaml.substring(0, Math.min(index, yaml.length()));
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        return new NodeBinder.Position(line, before.length() - before.lastIndexOf('\n'));
    }

    private static Mistake locate(String file, Finding finding, NodeBinder binder) {
        NodeBinder.Position position = binder.position(finding.path(), finding.offset());
        return new Mistake(
                file, position.line(), position.column(), finding.path(), finding.message(), finding.suggestion());
    }
}
