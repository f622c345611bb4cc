package dev.millrace.transform.stream;

import static dev.millrace.transform.topology.SourceProgress.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SilenceTest {
    private static final long WAIT = 500;
    private static final long END = 7;

    @Test
    void aPartitionCountsAsSilentOnceItHasBeenForAsLongAsARecordMayBeOnItsWay() {
        Silence silence = Silence.first(END, 10_000).seen(END, 10_400);
        assertThat(silence.progress(WAIT)).isEqualTo(UNKNOWN);
        silence = silence.seen(END, 10_600);
        assertThat(silence.progress(WAIT)).isEqualTo(UNKNOWN);
        assertThat(silence.seen(END, 10_700).progress(WAIT)).isEqualTo(10_600 - WAIT);
    }

    @Test
    void whatWaitsWithTheQuestionForABrokerThatStandsStillIsNotPassedOver() {
        Silence silence = Silence.first(END, 10_000).seen(END, 10_600).seen(END, 10_700);
        long acceptedWhileItStandsStill = 10_710;
        // Asked while it stands still, and answered before the record is taken.
        silence = silence.seen(END, 11_650);
        assertThat(silence.progress(WAIT)).isLessThan(acceptedWhileItStandsStill);
    }

    @Test
    void whatComesEndsTheSilence() {
        Silence silence = Silence.first(END, 10_000).seen(END, 10_600).seen(END + 1, 10_700);
        assertThat(silence.progress(WAIT)).isEqualTo(UNKNOWN);
    }

    @Test
    void afterAGapWhatWasAcceptedInItMayStillCome() {
        Silence silence = Silence.first(END, 10_000).seen(END, 10_600).seen(END, 40_000);
        assertThat(silence.progress(WAIT)).isLessThanOrEqualTo(10_600 - WAIT);
        assertThat(silence.seen(END, 40_600).seen(END, 40_700).progress(WAIT)).isEqualTo(40_600 - WAIT);
    }

    @Test
    void aBrokerThatAlwaysAnswersSlowlyHoldsUpNothingForEver() {
        Silence silence = Silence.first(END, 10_000);
        for (long now = 13_000; now <= 40_000; now += 3_000) {
            silence = silence.seen(END, now);
            assertThat(silence.progress(WAIT)).as("at %d", now).isEqualTo(now - 3_000 - WAIT);
        }
    }

    @Test
    void whatCameAtTheEndOfAGapIsNotPassedOver() {
        Silence silence = Silence.first(END, 10_000).seen(END, 13_000).seen(END + 1, 16_000);
        assertThat(silence.progress(WAIT)).isEqualTo(UNKNOWN);
        assertThat(silence.seen(END + 1, 19_000).progress(WAIT)).isEqualTo(15_500);
    }
}
