package dev.millrace.model.inference;

/** Floats of 16 bits (IEEE 754 binary16), for which Java has methods only from 20 on. */
final class Half {
    private Half() {}

    /** The value of those bits. */
    static float toFloat(short bits) {
        int sign = bits < 0 ? -1 : 1;
        int exponent = bits >> 10 & 0x1F;
        int fraction = bits & 0x3FF;
        if (exponent == 0x1F) {
            return fraction == 0 ? sign * Float.POSITIVE_INFINITY : Float.NaN;
        }
        return exponent == 0
                ? sign * Math.scalb((float) fraction, -24)
                : sign * Math.scalb((float) (fraction | 0x400), exponent - 25);
    }

    /** The bits of the nearest of them; of two as near, the one whose last bit is 0. */
    static short ofFloat(float value) {
        int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
        float size = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) 0x7E00;
        }
        if (size >= 65_520) {
            return (short) (sign | 0x7C00);
        }
        int exponent = Math.max(-14, Math.getExponent(size));
        // Exact, because a power of two only moves the point; the carry of a fraction goes into the exponent by itself.
        int fraction = (int) Math.rint(Math.scalb((double) size, 10 - exponent));
        return (short) (sign | fraction + (exponent + 14 << 10));
    }
}
