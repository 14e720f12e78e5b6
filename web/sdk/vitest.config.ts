import { defineConfig } from "vitest/config";

// The limit is for hanging tests only: a busy computer is slow, not wrong.
export default defineConfig({ test: { testTimeout: 120_000, include: ["test/*.test.ts"] } });
