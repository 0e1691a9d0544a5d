/** What every service of a test has in common; whoever starts one adds its own. */
export function testSettings(dataDir: string): Record<string, string> {
  return {
    PANOREC_DATA_DIR: dataDir,
    PANOREC_ALLOW_PRIVATE_HOSTS: '*',
    PANOREC_MAX_RECORDINGS: '8',
    // The other work of a test machine is not the recordings'.
    PANOREC_MAX_CPU_PERCENT: '1000',
  }
}
