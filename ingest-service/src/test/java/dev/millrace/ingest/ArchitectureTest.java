package dev.millrace.ingest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.millrace.ingest");

    @Test
    void knows_no_other_service() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.millrace.transform..",
                        "dev.millrace.model..",
                        "dev.millrace.load..",
                        "dev.millrace.local..",
                        "dev.millrace.simulator..")
                .check(CLASSES);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("dev.millrace.ingest.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void only_the_ways_out_know_the_broker_s_producer() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.millrace.ingest.events..", "dev.millrace.ingest.intake..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.apache.kafka.clients.producer.KafkaProducer")
                .check(CLASSES);
    }
}
