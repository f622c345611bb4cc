package dev.millrace.local.demo;

/**
 * What was fed.
 *
 * @param asFiles records in files
 * @param overHttp records over HTTP
 * @param files how many files
 * @param chargebacks labels for them
 */
record Fed(long asFiles, long overHttp, int files, long chargebacks) {
    long records() {
        return asFiles + overHttp;
    }
}
