package dev.millrace.training.sample;

import dev.millrace.training.TrainingException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Samples in a file, so that features that took long to compute need not be computed again. Of no use to anything else. */
public final class SampleFile {
    private static final int FORMAT = 0x4d_52_53_32;
    private static final int BUFFER = 1 << 20;

    private SampleFile() {}

    /**
     * Writes them.
     *
     * @param origin what they were made of
     */
    public static void write(Samples samples, String origin, Path file) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(partial), BUFFER))) {
            out.writeInt(FORMAT);
            out.writeUTF(origin);
            out.writeInt(samples.size());
            out.writeInt(samples.features().size());
            for (String feature : samples.features()) {
                out.writeUTF(feature);
            }
            for (int row = 0; row < samples.size(); row++) {
                out.writeBoolean(samples.positive(row));
                out.writeInt(samples.day(row));
                out.writeInt(samples.key(row));
                out.writeFloat((float) samples.stake(row));
                for (int feature = 0; feature < samples.features().size(); feature++) {
                    out.writeFloat(samples.value(row, feature));
                }
            }
        }
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Reads them again; their keys have other names, and are told apart as before.
     *
     * @param origin what they have to be made of
     * @throws IOException if it can not be read or is none of these files
     * @throws TrainingException if they were made of something else
     */
    public static Samples read(Path file, String origin) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
            if (in.readInt() != FORMAT) {
                throw new IOException(file + " holds no samples");
            }
            String own = in.readUTF();
            if (!own.equals(origin)) {
                throw new TrainingException(file + " holds the features of other events: " + own
                        + "; delete it, or name" + " another file");
            }
            int rows = in.readInt();
            int width = in.readInt();
            List<String> features = new ArrayList<>();
            for (int feature = 0; feature < width; feature++) {
                features.add(in.readUTF());
            }
            Samples samples = new Samples(features);
            float[] values = new float[width];
            for (int row = 0; row < rows; row++) {
                boolean positive = in.readBoolean();
                int day = in.readInt();
                String key = Integer.toString(in.readInt());
                float stake = in.readFloat();
                for (int feature = 0; feature < width; feature++) {
                    values[feature] = in.readFloat();
                }
                samples.add(values, positive, day, key, stake);
            }
            return samples;
        }
    }
}
