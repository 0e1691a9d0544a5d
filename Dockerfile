# syntax=docker/dockerfile:1

# The pages are bundled here; nothing of this stage but its output is shipped.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc* .puppeteerrc.json ./
RUN npm ci --include=dev --no-audit --no-fund
COPY . .
RUN node scripts/bundles.mjs && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      chromium chromium-sandbox ffmpeg tini \
      fontconfig fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home panorec \
 && install -d -o panorec -g panorec /data

WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/src src
COPY --from=build /app/dist dist

# Outside its container the service is reached by name, so it listens everywhere, and so `serve` asks for PANOREC_API_KEYS.
ENV NODE_ENV=production \
    PANOREC_HOST=0.0.0.0 \
    PANOREC_DATA_DIR=/data
USER panorec
VOLUME /data
EXPOSE 8080
# A worker has its health where PANOREC_METRICS_PORT says; a service, where that is not set, on its own port.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PANOREC_METRICS_PORT || process.env.PANOREC_PORT || 8080}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

# tini takes over the processes of a Chrome that died, and passes signals on.
ENTRYPOINT ["tini", "--", "node", "/app/src/bin/panorec.ts"]
CMD ["serve"]
