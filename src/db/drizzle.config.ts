import { defineConfig } from 'drizzle-kit'

/** For `drizzle-kit generate --config src/db/drizzle.config.ts`, which writes the next migration. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/db/**/schema.ts',
  out: './src/db/migrations',
})
