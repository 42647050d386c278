import react from "@vitejs/plugin-react";
import { compression } from "vite-plugin-compression2";
import { defineConfig } from "vitest/config";

// `npm run dev` shows the page with the data of a running server: `sightline demo`, or the one of SIGHTLINE_URL.
const server = process.env.SIGHTLINE_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  base: "/app/",
  // Beside each file its compressed twin, which the server sends to who takes it: cameras' networks are slow.
  plugins: [react(), compression({ algorithms: ["gzip"], include: /\.(js|css|html|svg)$/ })],
  build: {
    outDir: "../src/sightline/http/page",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the Content-Security-Policy knows no data: addresses
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { "/api": server, "/app/session": server } },
  test: { include: ["tests/**/*.test.ts"] },
});
