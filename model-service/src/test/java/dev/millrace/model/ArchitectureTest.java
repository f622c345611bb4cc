package dev.millrace.model;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.millrace.model");

    @Test
    void knows_no_other_service() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.millrace.ingest..",
                        "dev.millrace.transform..",
                        "dev.millrace.load..",
                        "dev.millrace.local..")
                .check(CLASSES);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("dev.millrace.model.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void only_inference_calls_the_runtime_of_models() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.millrace.model.inference..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("ai\\.onnxruntime\\.(OrtSession|OrtEnvironment|OnnxTensor).*")
                .check(CLASSES);
    }

    @Test
    void only_the_stream_and_who_follows_its_state_talk_to_kafka() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.millrace.model.stream..", "dev.millrace.model.feature..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(CLASSES);
    }
}
