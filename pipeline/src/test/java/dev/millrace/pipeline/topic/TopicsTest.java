package dev.millrace.pipeline.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TopicsTest {
    @Test
    void are_named_for_the_pipeline_and_what_they_hold() {
        assertThat(new Topics("card-fraud").all())
                .containsExactly(
                        "millrace.card-fraud.raw",
                        "millrace.card-fraud.clean",
                        "millrace.card-fraud.scored",
                        "millrace.card-fraud.rejected");
    }

    @Test
    void tell_the_pipeline_by_their_name() {
        assertThat(new Topics("card-fraud").all())
                .allSatisfy(topic -> assertThat(Topics.pipelineOf(topic)).contains("card-fraud"));
    }

    @Test
    void of_others_are_not_ours() {
        for (String topic :
                List.of("millrace.card-fraud", "millrace..raw", "millrace.a.b.raw", "x.a.raw", "millrace.A.raw")) {
            assertThat(Topics.pipelineOf(topic)).as(topic).isEmpty();
        }
    }

    @Test
    void stages_are_labelled_in_lower_case() {
        assertThat(Stage.TRANSFORM.label()).isEqualTo("transform");
    }
}
