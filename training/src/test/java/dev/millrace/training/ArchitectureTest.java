package dev.millrace.training;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.millrace.training");

    @Test
    void packages_have_no_cycles() {
        slices().matching("dev.millrace.training.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    @Test
    void needs_no_framework_and_no_other_service() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.quarkus..",
                        "jakarta..",
                        "dev.millrace.ingest..",
                        "dev.millrace.transform..",
                        "dev.millrace.load..",
                        "dev.millrace.local..")
                .check(CLASSES);
    }

    @Test
    void only_learning_knows_the_learners() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.millrace.training.learn..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.github.metarank..", "com.microsoft.ml..", "de.bwaldvogel..")
                .check(CLASSES);
    }
}
