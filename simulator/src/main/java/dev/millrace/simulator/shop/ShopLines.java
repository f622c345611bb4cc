package dev.millrace.simulator.shop;

import dev.millrace.simulator.Timestamp;
import dev.millrace.simulator.shop.Interaction.Kind;
import java.time.ZoneOffset;

/** Interactions and items as lines of files. A line has no line end. */
public final class ShopLines {
    /** The header over the lines of {@link #csv(Interaction)}. */
    public static final String INTERACTIONS_HEADER = "interaction_id,user_id,item_id,kind,rating,at";
    /** The header over the lines of {@link #csv(Item)}. */
    public static final String ITEMS_HEADER = "item_id,title,category,genre,price,from_day";
    /** The header over the lines of {@link #rating}. */
    public static final String RATINGS_HEADER = "userId,movieId,rating,timestamp";

    private ShopLines() {}

    /** An interaction; the rating is empty where it is none. */
    public static String csv(Interaction interaction) {
        StringBuilder line = new StringBuilder(64)
                .append('i')
                .append(interaction.id())
                .append(",u")
                .append(interaction.userId())
                .append(",p")
                .append(interaction.itemId())
                .append(',')
                .append(interaction.kind().text())
                .append(',');
        if (interaction.kind() == Kind.RATING) {
            line.append(interaction.rating());
        }
        Timestamp.append(line.append(','), interaction.at());
        return line.toString();
    }

    /** An interaction as a JSON object; what is no rating has none. */
    public static String json(Interaction interaction) {
        StringBuilder line = new StringBuilder(128)
                .append("{\"interaction_id\":\"i")
                .append(interaction.id())
                .append("\",\"user_id\":\"u")
                .append(interaction.userId())
                .append("\",\"item_id\":\"p")
                .append(interaction.itemId())
                .append("\",\"kind\":\"")
                .append(interaction.kind().text());
        if (interaction.kind() == Kind.RATING) {
            line.append("\",\"rating\":").append(interaction.rating()).append(",\"at\":\"");
        } else {
            line.append("\",\"at\":\"");
        }
        Timestamp.append(line, interaction.at());
        return line.append("\"}").toString();
    }

    /** An item. */
    public static String csv(Item item) {
        return "p" + item.id() + "," + item.title() + "," + item.category() + "," + item.genre() + "," + item.price()
                + "," + item.from();
    }

    /** An interaction of any kind as MovieLens writes ratings; what is none has 3. */
    public static String rating(Interaction interaction) {
        int rating = interaction.kind() == Kind.RATING ? interaction.rating() : 3;
        return interaction.userId() + "," + interaction.itemId() + "," + rating + ","
                + interaction.at().toEpochSecond(ZoneOffset.UTC);
    }
}
