# One recipe for the four services, for those who build with Docker or another builder of Dockerfiles:
#
#   docker build --build-arg SERVICE=ingest --tag millrace/ingest:0.1.0 .
#
# It lays an image out as ./millrace images does, which needs neither a daemon nor a registry; docs/operations/images.md
# tells both. Any image with a Java 25 runtime, the GNU C library and the C++ library does as RUNTIME.
ARG JDK=eclipse-temurin:25-jdk
ARG RUNTIME=eclipse-temurin:25-jre

FROM ${JDK} AS build
ARG SERVICE
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    test -n "$SERVICE" || { echo "SERVICE is not set: --build-arg SERVICE=ingest|transform|model|load" >&2; exit 1; }; \
    modules=$SERVICE-service; if [ "$SERVICE" = model ]; then modules=$modules,training; fi; \
    ./mvnw -B -ntp -Pquick -Dcyclonedx.skip=false -Dquarkus.package.jar.type=aot-jar \
        -Dquarkus.package.output-directory=image-app -pl "$modules" -am package \
    && app=$SERVICE-service/target/image-app \
    && mkdir -p /image/libraries/lib/main /image/boot/lib /image/quarkus /image/app/lib/main /image/models /image/training \
    && if [ "$SERVICE" = model ]; then \
        mkdir /image/training/training \
        && cp training/target/training-*.jar /image/training/training/ \
        && for jar in $(tr : ' ' < training/target/training.classpath); do \
            name=${jar##*/}; \
            case $name in model-service-*|quarkus-ide-launcher-*) continue ;; esac; \
            ls "$app/lib/main" "$app/lib/boot" | grep -qF ".$name" || cp "$jar" /image/training/training/ || exit 1; \
        done; \
    fi \
    && cp "$SERVICE-service/target/$SERVICE-service-bom.json" /image/app/sbom.cdx.json \
    && mv "$app"/lib/main/dev.millrace.* /image/app/lib/main/ \
    && mv "$app"/lib/main/* /image/libraries/lib/main/ \
    && mv "$app/lib/boot" /image/boot/lib/ \
    && mv "$app/quarkus-run.jar" /image/boot/ \
    && mv "$app/quarkus" /image/quarkus/ \
    && mv "$app/app" /image/app/ \
    && if [ "$SERVICE" = model ]; then mkdir /image/models/models && cp -R examples/card-fraud/models/. /image/models/models/; fi \
    && find /image -exec touch -h -d @1 {} +

FROM ${RUNTIME} AS laid-out
COPY --from=build /image/libraries/ /image/boot/ /image/models/ /image/quarkus/ /image/app/ /opt/millrace/

# The AOT cache fits only the very Java runtime and files it was made with. Without a broker the service starts and is
# not ready; that is most of what a start is. A cache that can not be made is left out: Java then starts without it.
FROM laid-out AS trained
WORKDIR /opt/millrace
RUN mkdir /aot; MILLRACE_PIPELINES_DIR=/tmp timeout --signal=TERM 30 \
        java -XX:AOTCacheOutput=/aot/app.aot -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED \
        -jar quarkus-run.jar; \
    test -s /aot/app.aot || echo "no AOT cache: the service starts slower for it"

FROM ${RUNTIME}
ARG SERVICE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Millrace ${SERVICE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.vendor="Millrace" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/millrace/millrace" \
      org.opencontainers.image.url="https://github.com/millrace/millrace" \
      org.opencontainers.image.documentation="https://github.com/millrace/millrace/blob/main/docs/operations/images.md"
RUN printf 'millrace:x:65532:65532:Millrace:/var/lib/millrace:/sbin/nologin\n' >> /etc/passwd \
    && printf 'millrace:x:65532:\n' >> /etc/group \
    && install -d -o 65532 -g 65532 /var/lib/millrace
# LightGBM, which trainings load, links with it.
RUN if [ "$SERVICE" = model ] && command -v apt-get > /dev/null; then \
        apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*; \
    fi
# What changes least first: a layer that is as it was is not sent again.
COPY --from=build /image/libraries/ /opt/millrace/
COPY --from=build /image/boot/ /opt/millrace/
COPY --from=build /image/models/ /opt/millrace/
COPY --from=build /image/training/ /opt/millrace/
COPY --from=build /image/quarkus/ /opt/millrace/
COPY --from=build /image/app/ /opt/millrace/
COPY --from=trained /aot/ /opt/millrace/
ENV JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=70" \
    MILLRACE_LOG_JSON=true \
    MILLRACE_PIPELINES_DIR=/etc/millrace/pipelines \
    MILLRACE_DATA_DIR=/var/lib/millrace/data \
    MILLRACE_STREAMS_STATE_DIR=/var/lib/millrace/streams \
    MILLRACE_MODELS_DIR=/opt/millrace/models
WORKDIR /opt/millrace
USER 65532:65532
EXPOSE 8081 8082 8083 8084
ENTRYPOINT ["java", "-XX:AOTCache=/opt/millrace/app.aot", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "-jar", "/opt/millrace/quarkus-run.jar"]
