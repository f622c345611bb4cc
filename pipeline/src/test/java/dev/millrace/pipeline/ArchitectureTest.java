package dev.millrace.pipeline;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses PIPELINE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.millrace.pipeline");

    @Test
    void the_core_knows_no_framework() {
        classes()
                .that()
                .resideInAPackage("dev.millrace.pipeline..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.millrace.pipeline..",
                        "java..",
                        "com.fasterxml.jackson..",
                        "org.yaml..",
                        "dev.cel..",
                        "com.google.protobuf..",
                        "javax.crypto..",
                        "org.apache.datasketches..")
                .check(PIPELINE);
    }

    @Test
    void the_core_does_no_input_or_output() {
        classes()
                .that()
                .resideInAPackage("dev.millrace.pipeline..")
                .should()
                .onlyDependOnClassesThat()
                .resideOutsideOfPackages("java.nio.file..", "java.net..", "java.sql..", "java.util.concurrent..")
                .check(PIPELINE);
    }

    @Test
    void its_packages_have_no_cycles() {
        slices().matching("dev.millrace.pipeline.(*)..")
                .should()
                .beFreeOfCycles()
                .check(PIPELINE);
    }
}
