package dev.millrace.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;

class TransactionLinesTest {
    private static final Transaction FRAUD =
            new Transaction(12, LocalDateTime.of(2025, 3, 1, 9, 5, 0), 3, 77, new BigDecimal("19.90"), true, 2);

    @Test
    void a_csv_line_has_the_columns_of_its_header() {
        assertThat(TransactionCsv.HEADER).isEqualTo("TRANSACTION_ID,TX_DATETIME,CUSTOMER_ID,TERMINAL_ID,TX_AMOUNT");
        assertThat(TransactionCsv.line(FRAUD)).isEqualTo("12,2025-03-01 09:05:00,3,77,19.90");
    }

    @Test
    void a_labelled_csv_line_also_tells_the_fraud() {
        assertThat(TransactionCsv.LABELLED_HEADER).isEqualTo(TransactionCsv.HEADER + ",TX_FRAUD,TX_FRAUD_SCENARIO");
        assertThat(TransactionCsv.labelledLine(FRAUD)).isEqualTo("12,2025-03-01 09:05:00,3,77,19.90,1,2");
    }

    @Test
    void a_json_line_has_the_fields_of_the_card_fraud_example() {
        assertThat(TransactionJson.line(FRAUD))
                .isEqualTo("{\"transaction_id\":\"12\",\"tx_datetime\":\"2025-03-01 09:05:00\",\"customer_id\":\"3\","
                        + "\"terminal_id\":\"77\",\"tx_amount\":19.90}");
    }
}
