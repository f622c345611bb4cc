package dev.millrace.images;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private final JavaClasses classes = new ClassFileImporter().importPackages("dev.millrace.images");

    @Test
    void packages_have_no_cycles() {
        slices().matching("dev.millrace.images.(*)..").should().beFreeOfCycles().check(classes);
    }
}
