package dev.millrace.load;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.millrace.load");

    @Test
    void knows_no_other_service() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.millrace.ingest..",
                        "dev.millrace.transform..",
                        "dev.millrace.model..",
                        "dev.millrace.local..")
                .check(CLASSES);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("dev.millrace.load.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void only_the_worker_knows_quarkus_and_the_broker() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.millrace.load.schema", "dev.millrace.load.warehouse")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "jakarta.enterprise..", "org.apache.kafka.clients.producer..")
                .check(CLASSES);
    }
}
