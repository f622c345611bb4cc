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
}
