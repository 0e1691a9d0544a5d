/** A WebRTC server for tests, on loopback only. Its native part runs in a child process and is never loaded by a test. */
export * from './sfu.ts'
